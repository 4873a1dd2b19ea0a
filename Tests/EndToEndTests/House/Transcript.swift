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
  private func joined(_ opening: String) -> String {
    events.map { event -> Substring in
      guard let range = event.data.firstRange(of: opening) else { return "" }
      let rest = event.data[range.upperBound...]
      var end = rest.startIndex
      while end < rest.endIndex, rest[end] != "\"" {
        if rest[end] == "\\" { end = rest.index(after: end) }
        end = rest.index(after: end)
      }
      return rest[..<end]
    }.joined()
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
