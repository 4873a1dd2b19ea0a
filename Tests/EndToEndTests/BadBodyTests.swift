import ControlPlane
import TestSupport
import Testing

/// A body that must be refused, and a word that the refusal has to say.
struct BadBody: Sendable, CustomStringConvertible {
  let description: String
  let bytes: [UInt8]
  let names: String

  init(_ description: String, _ text: String, names: String) {
    self.init(description, Array(text.utf8), names: names)
  }

  init(_ description: String, _ bytes: [UInt8], names: String) {
    self.description = description
    self.bytes = bytes
    self.names = names
  }

  private static let turn = #"[{"role":"user","content":"Hi"}]"#
  private static let nested = String(repeating: "[", count: 100_000)

  /// Refused whatever the vendor.
  static let everywhere = [
    BadBody("nothing", "", names: "no body"),
    BadBody("no JSON", "model=gpt", names: "not valid JSON"),
    BadBody(
      "a truncated object", #"{"model":"gpt-test","messages":[{"ro"#, names: "not valid JSON"),
    BadBody("two documents", #"{"model":"gpt-test"}{}"#, names: "not valid JSON"),
    BadBody("a comma too many", #"{"model":"gpt-test",}"#, names: "not valid JSON"),
    BadBody("single quotes", "{'model':'gpt-test'}", names: "not valid JSON"),
    BadBody("a raw line feed", "{\"model\":\"gpt-\n\"}", names: "not valid JSON"),
    BadBody("a broken escape", #"{"model":"\u12"}"#, names: "not valid JSON"),
    BadBody("NaN", #"{"model":"gpt-test","temperature":NaN}"#, names: "not valid JSON"),
    BadBody("100,000 arrays in another", #"{"model":"gpt-test","x":"# + nested, names: "JSON"),
    BadBody(
      "100,000 arrays, closed",
      #"{"model":"gpt-test","x":"# + nested + String(repeating: "]", count: 100_000) + "}",
      names: "JSON"),
    BadBody(
      "invalid UTF-8",
      Array(#"{"model":"gpt-test","x":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8),
      names: "JSON"),
    BadBody(
      "an overlong slash", Array(#"{"model":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8),
      names: "JSON"),
    BadBody("an array", "[]", names: "JSON object"),
    BadBody("null", "null", names: "JSON object"),
    BadBody("no model", #"{"messages":\#(turn)}"#, names: "model"),
    BadBody("a model that is a number", #"{"model":7,"messages":\#(turn)}"#, names: "model"),
    BadBody("a model without a name", #"{"model":"","messages":\#(turn)}"#, names: "model"),
    BadBody(
      "a model of 10,000 letters",
      #"{"model":"\#(String(repeating: "m", count: 10_000))","messages":\#(turn)}"#, names: "model"),
    BadBody(
      "a stream that is a text", #"{"model":"gpt-test","stream":"yes","messages":\#(turn)}"#,
      names: "stream"),
  ]

  /// Refused by the reader of the client's language, on the way to another one.
  static let anthropic = [
    BadBody("no messages", #"{"model":"gpt-test","max_tokens":5}"#, names: "messages"),
    BadBody(
      "messages that are a text", #"{"model":"gpt-test","max_tokens":5,"messages":"Hi"}"#,
      names: "messages"),
    BadBody(
      "no limit of tokens", #"{"model":"gpt-test","messages":\#(turn)}"#, names: "max_tokens"),
    BadBody(
      "a limit that is a text", #"{"model":"gpt-test","max_tokens":"many","messages":\#(turn)}"#,
      names: "max_tokens"),
    BadBody(
      "an unknown role",
      #"{"model":"gpt-test","max_tokens":5,"messages":[{"role":"wizard","content":"Hi"}]}"#,
      names: "role"),
    BadBody(
      "content that is a number",
      #"{"model":"gpt-test","max_tokens":5,"messages":[{"role":"user","content":7}]}"#,
      names: "content"),
    BadBody(
      "a temperature that is a text",
      #"{"model":"gpt-test","max_tokens":5,"temperature":"hot","messages":\#(turn)}"#,
      names: "temperature"),
    BadBody(
      "tools that are an object",
      #"{"model":"gpt-test","max_tokens":5,"tools":{},"messages":\#(turn)}"#, names: "tools"),
    BadBody(
      "a text block without text",
      #"{"model":"gpt-test","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text"}]}]}"#,
      names: "text"),
  ]

  static let chat = [
    BadBody("no messages", #"{"model":"claude-test"}"#, names: "messages"),
    BadBody(
      "messages that are a text", #"{"model":"claude-test","messages":"Hi"}"#, names: "messages"),
    BadBody(
      "an unknown role",
      #"{"model":"claude-test","messages":[{"role":"wizard","content":"Hi"}]}"#, names: "role"),
    BadBody(
      "content that is a number",
      #"{"model":"claude-test","messages":[{"role":"user","content":7}]}"#, names: "content"),
    BadBody(
      "a tool without a function",
      #"{"model":"claude-test","tools":[{"type":"function"}],"messages":\#(turn)}"#,
      names: "function"),
    BadBody(
      "a temperature that is a text",
      #"{"model":"claude-test","temperature":"hot","messages":\#(turn)}"#, names: "temperature"),
  ]
}

@Suite("A bad body")
struct BadBodyTests {
  @Test(arguments: Language.allCases)
  func `is refused in the caller's language by a sentence that names what is wrong`(
    language: Language
  ) async throws {
    let bodies =
      BadBody.everywhere + (language == .anthropic ? BadBody.anthropic : BadBody.chat)
    try await House.live { house in
      for body in bodies {
        let client = try house.client()
        try await client.request(
          "POST", language.path,
          headers: House.credentials + [("content-type", "application/json")], body: body.bytes)
        let answer = try await client.answer()
        #expect(answer.status == 400, "\(body)")
        let error = try answer.error(in: language)
        #expect(error.type == "invalid_request_error", "\(body)")
        #expect(error.message.contains(body.names), "\(body): \(error.message)")
      }
      #expect(house.chat.requests.isEmpty && house.claude.requests.isEmpty)
      let records = try await house.records(bodies.count)
      #expect(records.allSatisfy { $0.status == 400 && $0.ending == "refused" })
    }
  }

  @Test(arguments: Way.all)
  func `leaves its connection to the next request`(way: Way) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(way.vendor.reply(.text("Fine"), isStreamed: false))
      let client = try await house.client(asking: "{", at: way.client.path)
      #expect(try await client.answer().status == 400)
      try await client.post(
        way.client.path, headers: House.credentials, json: way.request(isStreamed: false))
      #expect(try await client.answer().text.contains("Fine"))
    }
  }

  @Test(arguments: Way.all)
  func `with duplicate and huge members is understood in one way`(way: Way) async throws {
    let huge = String(repeating: "k", count: 1 << 20)
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.reply(.text("Fine"), isStreamed: false))
      let body = way.request(isStreamed: false, extra: #","\#(huge)":1,"model":"mapped-gpt""#)
      let answer = try await house.ask(body, at: way.client.path)
      // Either it is refused, or route and upstream mean the same model.
      guard answer.status == 200 else {
        #expect(answer.status == 400)
        return #expect(try answer.error(in: way.client).message.contains("model"))
      }
      let record = try #require(try await house.records(1).first)
      #expect(record.modelRequested == way.vendor.model)
      let sent = try await upstream.request(1).text
      #expect(sent.contains(#""model":"\#(way.vendor.model)""#))
    }
  }

  @Test func `with an unknown block is kept for its own vendor`() async throws {
    let content = #"[{"type":"text","text":"Hi"},{"type":"hologram","beam":[1,2.50]}]"#
    try await House.live { house in
      house.claude.enqueue(.anthropic(.text("Fine")))
      let body = Language.anthropic.request(model: "claude-test", content: content)
      let answer = try await house.ask(body, at: "/v1/messages")
      #expect(answer.status == 200)
      #expect(try await house.claude.request(1).text == body)
    }
  }

  @Test func `with an unknown block is refused or lost with a word, never in silence`()
    async throws
  {
    let content = #"[{"type":"text","text":"Hi"},{"type":"hologram","beam":[1,2.50]}]"#
    try await House.live { house in
      house.chat.enqueue(.openAIChat(.text("Fine")))
      let body = Language.anthropic.request(model: "gpt-test", content: content)
      let answer = try await house.ask(body, at: "/v1/messages")
      if answer.status == 200 {
        let sent = try await house.chat.request(1).text
        let told = answer.head.header("x-anyllm-degradation") ?? ""
        #expect(sent.contains("hologram") || told.contains("hologram") || told.contains("block"))
      } else {
        #expect(answer.status == 400)
        #expect(try answer.error(in: .anthropic).message.contains("hologram"))
      }
    }
  }

  @Test func `with an unknown part of Chat is refused or lost with a word`() async throws {
    let content = #"[{"type":"text","text":"Hi"},{"type":"hologram","hologram":{"beam":1}}]"#
    try await House.live { house in
      house.claude.enqueue(.anthropic(.text("Fine")))
      let body = Language.chat.request(model: "claude-test", content: content)
      let answer = try await house.ask(body, at: "/v1/chat/completions")
      if answer.status == 200 {
        let sent = try await house.claude.request(1).text
        let told = answer.head.header("x-anyllm-degradation") ?? ""
        #expect(sent.contains("hologram") || !told.isEmpty)
      } else {
        #expect(answer.status == 400)
        #expect(try answer.error(in: .chat).message.contains("hologram"))
      }
    }
  }

  @Test(arguments: Way.all)
  func `that names an unknown model gets the vendor's no in its own language`(
    way: Way
  ) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(
        way.vendor.error(status: 404, "no such model: \(way.vendor.model)"))
      let answer = try await house.ask(way)
      #expect(answer.status == 404)
      let error = try answer.error(in: way.client)
      #expect(error.message.contains(way.vendor.model))
    }
  }

  @Test(arguments: Language.allCases)
  func `for a backend that does not exist is refused`(language: Language) async throws {
    try await House.live { house in
      let body = language.request(model: "gpt-test")
      let answer = try await house.ask(body, at: "/nowhere" + language.path)
      #expect(answer.status == 404)
      _ = try answer.error(in: language)
    }
  }
}
