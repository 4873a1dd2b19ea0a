import TestSupport

/// A stream as its client saw it, to whatever end it came.
struct Transcript: Sendable {
  let language: Language
  /// Nothing when it was read apart.
  var head: HTTPMessageHead?
  var events: [ServerSentEvent] = []
  /// The connection ended before the body did.
  var isBroken = false

  var status: Int { head?.status ?? 0 }

  /// Whether the language's own mark of a good end is there.
  var isTerminated: Bool {
    switch language {
    case .anthropic: events.contains { $0.name == "message_stop" }
    case .chat: events.contains { $0.data == "[DONE]" }
    }
  }

  /// The error that the stream told, in the shape of its language.
  var error: ToldError? {
    guard let last = events.last(where: { !$0.data.isEmpty }) else { return nil }
    if language == .anthropic, last.name != "error" { return nil }
    return try? ToldError(Array(last.data.utf8), in: language)
  }

  /// All text of the reply.
  var text: String { joined(language == .anthropic ? #""text_delta","text":""# : #""content":""#) }

  /// All arguments of the calls.
  var arguments: String {
    joined(language == .anthropic ? #""partial_json":""# : #""arguments":""#)
  }

  var pings: Int {
    events.filter { event in
      language == .anthropic ? event.name == "ping" : !event.comments.isEmpty && event.data.isEmpty
    }.count
  }

  /// The strings that follow `opening` in each event, still escaped.
  ///
  /// Bytes, for a joiner at the start of a piece would make one character with the quote.
  private func joined(_ opening: String) -> String {
    let opening = Array(opening.utf8)
    var text: [UInt8] = []
    for event in events {
      let data = Array(event.data.utf8)
      guard let range = data.firstRange(of: opening) else { continue }
      var end = range.upperBound
      while end < data.count, data[end] != UInt8(ascii: "\"") {
        end += data[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      text += data[range.upperBound..<min(end, data.count)]
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension RawHTTPClient {
  /// Reads a streamed answer to its end, good or bad.
  func transcript(in language: Language) async throws -> Transcript {
    var transcript = Transcript(language: language, head: try await head())
    do {
      while let event = try await event() { transcript.events.append(event) }
    } catch RawHTTPClientFailure.closedEarly {
      transcript.isBroken = true
    }
    return transcript
  }
}
