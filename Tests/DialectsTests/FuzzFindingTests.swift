import Testing

@testable import Dialects

/// What the targets in `Fuzzing` have found, each once.
@Suite struct `What fuzzing found` {
  @Test func `a broken frame behind the end of a reply says nothing more`() {
    var stream: [UInt8] = []
    for event in [
      #"{"type":"message_start","message":{"id":"m","usage":{}}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#,
      #"{"type":"message_stop"}"#,
    ] {
      EventStreamWriter.event("chunk", to: &stream) { out in
        out.append(#"{"bytes":""#)
        Base64.append(Array(event.utf8)[...], to: &out)
        out.append(#""}"#)
      }
    }
    EventStreamWriter.event("chunk", to: &stream) { $0.append("no JSON") }
    for pieces in [[stream], stream.map { [$0] }, [stream + [1]]] {
      var decoder = InvokeReplyDecoder(keepingVisible: false)
      var events: [ReplyEvent] = []
      for piece in pieces { decoder.feed(piece, into: &events) }
      decoder.finish(into: &events)
      guard case .end(.endOfTurn) = events.last else {
        Issue.record("\(events)")
        continue
      }
      #expect(events.count { if case .failed = $0 { true } else { false } } == 0)
    }
  }

  @Test func `a citation before any text stands in a block of text`() {
    let chunk =
      #"data: {"id":"c","choices":[{"index":0,"delta":{"annotations":[{"type":"url_citation","#
      + #""url_citation":{"url":"https://x"}}]}}]}"# + "\n\n"
      + #"data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"# + "\n\n"
      + "data: [DONE]\n\n"
    var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: false)
    var events: [ReplyEvent] = []
    decoder.feed(Array(chunk.utf8), into: &events)
    decoder.finish(into: &events)
    let kinds = events.map { "\($0)".prefix { $0 != "(" } }
    #expect(kinds == ["begin", "open", "citation", "text", "close", "end"])
  }

  @Test(arguments: [Dialect.anthropic, .converse])
  func `a conversation of which nothing can be said is refused`(_ dialect: Dialect) throws {
    var conversation = Conversation(origin: .responses, model: "m")
    conversation.turns = [Turn(.user, [Block(.unknown(type: "odd", .emptyObject))])]
    let failure = #expect(throws: Failure.self) {
      try dialect.codec.encodeRequest(conversation, for: Target(model: "m"))
    }
    #expect(failure?.status == 400)
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `an event's empty name stays empty when the buffer moves`(_ end: String) throws {
    let stream = Array(
      [": a comment of some length", "event:", "data:", "", ""].joined(separator: end).utf8)
    for cut in stream.indices {
      var framer = SSEFramer()
      var frames: [SSEFrame] = []
      for piece in [Array(stream[..<cut]), Array(stream[cut...])] {
        try framer.append(piece)
        while let frame = try framer.next() { frames.append(frame) }
      }
      if let frame = try framer.finish() { frames.append(frame) }
      #expect(frames.map { Array($0.event) } == [[]])
      #expect(frames.map { Array($0.data) } == [[]])
    }
  }

  @Test(arguments: [
    (#"AA\"="#, #"AA\"="#), (#"AA\/-"#, "AA/+"), (#"AA\nAA"#, "AAAA"), (#"\u0041A-_"#, "AA+/"),
  ])
  func `base64 with escapes stays inside its string`(_ written: String, _ read: String) {
    let text = GeminiBase64.standard(JSONText(escaped: Array(written.utf8)[...]))
    #expect(String(decoding: text.bytes, as: UTF8.self) == read)
  }

  @Test(arguments: [Dialect.chat, .responses, .gemini])
  func `a control byte in front of a reply means the same in any pieces`(_ dialect: Dialect) {
    for stream in ["\u{1D} [{\"error\":{}}]", "\u{1} {\"error\":{\"message\":\"no\"}}"] {
      let bytes = Array(stream.utf8)
      let texts = [[bytes], bytes.map { [$0] }].map { pieces in
        var decoder = dialect.codec.makeStreamDecoder(hidingUsage: false)
        var events: [ReplyEvent] = []
        for piece in pieces { decoder.feed(piece, into: &events) }
        decoder.finish(into: &events)
        return "\(events)"
      }
      #expect(texts[0] == texts[1])
    }
  }

  @Test func `a text in the item of a call opens no block`() {
    let events = responses([
      #"{"type":"response.created","response":{"id":"r","model":"m"}}"#,
      #"{"type":"response.output_item.added","output_index":0,"item":{"id":"c","#
        + #""type":"custom_tool_call","call_id":"p"}}"#,
      #"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"}"#,
      #"{"type":"response.output_item.done","output_index":0,"item":{"id":"c","#
        + #""type":"custom_tool_call","call_id":"p","name":"f","input":"x"}}"#,
      #"{"type":"response.completed","response":{"id":"r"}}"#,
    ])
    #expect(
      events == [
        "begin", "lost", "open", "arguments", "arguments", "arguments", "close", "end",
      ])
  }

  @Test func `a text of an item that is done and waits opens no block`() {
    let text = #"{"type":"response.output_text.delta","content_index":0,"delta":"a","#
    let events = responses([
      text + #""output_index":0}"#, text + #""output_index":1}"#,
      #"{"type":"response.output_item.done","output_index":1,"item":{"type":"message"}}"#,
      text + #""output_index":1}"#,
      #"{"type":"response.completed","response":{"id":"r"}}"#,
    ])
    #expect(
      events == ["begin", "open", "text", "close", "open", "text", "close", "lost", "end"])
  }

  @Test func `a whole text that differs from its pieces is not cut inside an escape`() {
    let delta = #"{"type":"response.output_text.delta","output_index":0,"content_index":0,"#
    var events: [ReplyEvent] = []
    _ = responses(
      [
        delta + #""delta":"a"}"#, delta + #""delta":"\\"}"#,
        #"{"type":"response.output_text.done","output_index":0,"content_index":0,"#
          + #""text":"\\\"x"}"#,
        #"{"type":"response.completed","response":{"id":"r"}}"#,
      ], into: &events)
    let said = events.compactMap { if case .text(let text) = $0 { text.string } else { nil } }
    #expect(said == ["a", "\\"])
  }

  private func responses(_ stream: [String], into events: inout [ReplyEvent]) -> [String] {
    var decoder = Dialect.responses.codec.makeStreamDecoder(hidingUsage: false)
    for event in stream { decoder.feed(Array("data: \(event)\n\n".utf8), into: &events) }
    decoder.finish(into: &events)
    return events.map { String("\($0)".prefix { $0 != "(" }) }
  }

  private func responses(_ stream: [String]) -> [String] {
    var events: [ReplyEvent] = []
    return responses(stream, into: &events)
  }

  @Test(arguments: ["user", "assistant"], ["message", "item_reference", "function_call_output"])
  func `a part of a message stays a part, whatever its type`(
    _ role: String, _ type: String
  ) throws {
    let input =
      #"[{"type":"message","role":"user","content":"q"},{"type":"message","role":""# + role
      + #"","content":[{"type":""# + type + #""}]}]"#
    let codec = Dialect.responses.codec
    let body = Array((#"{"model":"m","input":"# + input + "}").utf8)
    let conversation = try codec.decodeRequest(try JSONDocument(body))
    let encoded = try codec.encodeRequest(conversation, for: Target(model: "m"))
    let again = try codec.decodeRequest(try JSONDocument(encoded.body))
    #expect("\(again.turns)" == "\(conversation.turns)")
  }
}
