import Testing

@testable import Dialects

@Suite struct `A Responses reply that is written` {
  private static let stage = ReplyStage(
    model: "alias", requestID: "r1", createdAt: 7, estimatedInputTokens: 11)

  /// The events of a stream that was written, as the client gets them.
  static func sent(
    _ events: [ReplyEvent], _ stage: ReplyStage = stage
  ) throws -> [JSONValue] {
    var encoder = Dialect.responses.codec.makeStreamEncoder(stage)
    var out: [UInt8] = []
    for event in events { encoder.encode([event], into: &out) }
    var framer = SSEFramer()
    try framer.append(out)
    var sent: [JSONValue] = []
    while let frame = try framer.next() {
      let value = try JSONDocument(frame.data).root
      #expect(value["type"]?.string == String(decoding: frame.event, as: UTF8.self))
      #expect(value["sequence_number"]?.integer == sent.count)
      sent.append(value)
    }
    #expect(framer.isBetweenEvents)
    return sent
  }

  /// Only in a stream the end of a text can be told from the next.
  private static func joined(_ events: [ReplyEvent]) -> String {
    var joined: [ReplyEvent] = []
    for event in events {
      switch (event, joined.last) {
      case (.text(let more), .text(let text)?): joined[joined.count - 1] = .text(text + more)
      case (.thinking(let more), .thinking(let text)?):
        joined[joined.count - 1] = .thinking(text + more)
      case (.arguments(let more), .arguments(let text)?):
        joined[joined.count - 1] = .arguments(text + more)
      case (.begin, _): joined.append(.begin(id: "id", model: "m"))
      case (.lost, _): break
      // The id of a thought is the reply's own.
      case (.seal(let seal), _): joined.append(.seal(Seal(seal.mint, seal.value)))
      default: joined.append(event)
      }
    }
    return ResponsesLines.text(joined).split(separator: "\n")
      .filter { !$0.hasPrefix("  of ") }.joined(separator: "\n")
  }

  /// The free-text tools of the fixtures.
  private static var formed: ReplyStage {
    var stage = stage
    stage.toolForms["apply_patch"] = ToolForms.Form(name: "apply_patch", isFreeform: true)
    stage.toolForms["mcp__docs__search"] = ToolForms.Form(
      namespace: "mcp__docs", name: "search")
    return stage
  }

  @Test func `that the upstream began ends with its next event and begins nothing`() throws {
    let bytes = Array(
      (#"event: response.created"# + "\n"
        + #"data: {"type":"response.created","response":{"id":"resp_1","output":[]},"sequence_number":0}"#
        + "\n\n" + #"event: response.in_progress"# + "\n"
        + #"data: {"type":"response.in_progress","response":{"id":"resp_1"},"sequence_number":1}"#
        + "\n\n").utf8)
    for cut in bytes.indices {
      var decoder = Dialect.responses.codec.makeStreamDecoder(hidingUsage: false)
      var events: [ReplyEvent] = []
      decoder.feed(Array(bytes[..<cut]), into: &events)
      decoder.feed(Array(bytes[cut...]), into: &events)
      #expect(decoder.eventCount == 2)
    }
    var encoder = Dialect.responses.codec.makeStreamEncoder(Self.stage)
    encoder.goOn(after: 2)
    var out: [UInt8] = []
    encoder.encode([.failed(.cut("gone"))], into: &out)
    let text = String(decoding: out, as: UTF8.self)
    #expect(text.hasPrefix("event: error\n") && text.contains(#""sequence_number":2"#))
    #expect(text.split(separator: "event: ").count == 1)
  }

  @Test(arguments: ResponsesFixture.streams)
  func `as a stream is read as what was written`(name: String) throws {
    let events = try ResponsesFixture.events(name)
    guard case .end = events.last else { return }
    var encoder = Dialect.responses.codec.makeStreamEncoder(Self.formed)
    var out: [UInt8] = []
    encoder.encode(events, into: &out)
    #expect(Self.joined(ResponsesFixture.read([out[...]])) == Self.joined(events))
  }

  @Test(arguments: ResponsesFixture.streams)
  func `as a whole is read as what was written`(name: String) throws {
    let events = try ResponsesFixture.events(name)
    guard case .end = events.last else { return }
    let body = Dialect.responses.codec.encodeReply(events, Self.formed)
    let again = Dialect.responses.codec.decodeReply(body)
    #expect(Self.joined(again) == Self.joined(events))
  }

  @Test(arguments: ResponsesFixture.streams)
  func `keeps the order that clients insist on`(name: String) throws {
    let sent = try Self.sent(try ResponsesFixture.events(name), Self.formed)
    let types = sent.compactMap { $0["type"]?.string }
    #expect(types.prefix(2) == ["response.created", "response.in_progress"])
    var open: JSONValue?
    var items: [JSONValue] = []
    for event in sent {
      let index = event["output_index"]?.integer
      switch event["type"]?.string {
      case "response.output_item.added":
        #expect(open == nil)
        #expect(index == items.count)
        open = event["item"]
      case "response.output_item.done":
        let item = try #require(event["item"])
        #expect(index == items.count)
        #expect(item["id"]?.string == open?["id"]?.string)
        #expect(item["type"]?.string == open?["type"]?.string)
        items.append(item)
        open = nil
      case "response.created", "response.in_progress", "error", "response.failed": break
      case "response.completed", "response.incomplete":
        #expect(open == nil)
        let output = try #require(event["response"]?["output"])
        #expect(output.elements.map(\.raw) == items.map(\.raw))
      default:
        #expect(index == items.count)
        #expect(event["item_id"]?.string == open?["id"]?.string)
      }
    }
    let last = try #require(types.last)
    #expect(["response.completed", "response.incomplete", "response.failed"].contains(last))
  }

  @Test func `has the members that the clients' models want`() throws {
    let request = try JSONDocument(
      #"{"model":"alias","instructions":"Be\nbrief","tools":[{"type":"function","name":"f"}],"#
        + #""service_tier":"auto","temperature":0.50,"store":false,"metadata":{"a":"b"}}"#)
    var stage = Self.stage
    stage.echo = ResponsesEcho(request)
    let events: [ReplyEvent] = [.begin(id: nil, model: nil), .end(.endOfTurn)]
    let whole = try JSONDocument(Dialect.responses.codec.encodeReply(events, stage)).root
    #expect(whole["id"]?.string == "resp_r1")
    #expect(whole["object"]?.string == "response")
    #expect(whole["model"]?.string == "alias")
    #expect(whole["status"]?.string == "completed")
    #expect(whole["created_at"]?.integer == 7)
    #expect(whole["instructions"]?.string == "Be\nbrief")
    #expect(whole["tools"]?.raw == JSONRaw(#"[{"type":"function","name":"f"}]"#))
    #expect(whole["temperature"]?.raw == JSONRaw("0.50"))
    #expect(whole["top_p"]?.raw == JSONRaw("1.0"))
    #expect(whole["service_tier"]?.string == "default")
    #expect(whole["store"]?.bool == false)
    #expect(whole["parallel_tool_calls"]?.bool == true)
    #expect(whole["usage"]?["input_tokens"]?.integer == 11)
    #expect(whole.member("previous_response_id")?.isNull == true)
    let sent = try Self.sent(events, stage)
    for event in sent {
      #expect(event["response"]?["instructions"]?.string == "Be\nbrief")
    }
  }

  @Test func `that fails says so twice, once for each kind of client`() throws {
    let failure = Failure(
      .contextOverflow, origin: .upstream, status: 400, "prompt is too long: 9 tokens > 8 maximum")
    let sent = try Self.sent([.begin(id: nil, model: nil), .open(.text), .failed(failure)])
    #expect(sent.count == 4)
    #expect(sent[2]["type"]?.string == "error")
    #expect(sent[2]["code"]?.string == "context_length_exceeded")
    let response = try #require(sent[3]["response"])
    #expect(sent[3]["type"]?.string == "response.failed")
    #expect(response["status"]?.string == "failed")
    #expect(response["error"]?["code"]?.string == "context_length_exceeded")
    #expect(response["error"]?["message"]?.string == failure.message)
    let again = ResponsesFixture.read([try Self.bytes(of: failure)[...]])
    guard case .failed(let read)? = again.last else {
      Issue.record("The failure was not read again.")
      return
    }
    #expect(read.kind == .contextOverflow)
    #expect(read.message == failure.message)
  }

  private static func bytes(of failure: Failure) throws -> [UInt8] {
    var encoder = Dialect.responses.codec.makeStreamEncoder(stage)
    var out: [UInt8] = []
    encoder.encode([.failed(failure)], into: &out)
    return out
  }

  @Test(arguments: [
    (StopReason.endOfTurn, "completed", String?.none), (.toolCalls, "completed", nil),
    (.stopSequence("x"), "completed", nil), (.maximumTokens, "incomplete", "max_output_tokens"),
    (.contextExceeded, "incomplete", "max_output_tokens"),
    (.refusal, "incomplete", "content_filter"), (.pause, "completed", nil),
  ])
  func `ends as it ended`(reason: StopReason, status: String, detail: String?) throws {
    let sent = try Self.sent([.begin(id: nil, model: nil), .end(reason)])
    let last = try #require(sent.last)
    #expect(last["type"]?.string == "response." + status)
    #expect(last["response"]?["status"]?.string == status)
    #expect(last["response"]?["incomplete_details"]?["reason"]?.string == detail)
  }

  @Test func `shows signs of life as comments`() {
    var encoder = Dialect.responses.codec.makeStreamEncoder(Self.stage)
    var out: [UInt8] = []
    encoder.ping(into: &out)
    #expect(String(decoding: out, as: UTF8.self) == ": ping\n\n")
  }
}

extension JSONRaw {
  fileprivate init(_ text: String) {
    self.init(Array(text.utf8)[...])
  }
}
