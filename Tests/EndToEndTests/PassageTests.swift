import ControlPlane
import TestSupport
import Testing

@Suite("A passage in one language")
struct PassageTests {
  /// Members, spaces, numbers and escapes that nobody would write the same way twice.
  private static let odd =
    #",  "metadata" : {"user_id":"u\u00e9\/1"}, "x_unknown":[1.50,1e3,-0,"\ud83d\ude00"],"#
    + "\r\n\t" + #""temperature":1.0"#

  @Test(arguments: Way.passages)
  func `carries a request byte for byte`(way: Way) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.reply(.rich, isStreamed: false))
      let body = way.request(isStreamed: false, extra: Self.odd)
      #expect(try await house.ask(body, at: way.client.path).status == 200)
      let request = try await upstream.request(1)
      #expect(request.text == body)
      #expect(request.path == way.client.path)
      #expect(request.header("content-length") == "\(body.utf8.count)")
      #expect(request.header("content-type") == "application/json")
    }
  }

  @Test(arguments: Way.passages)
  func `changes only the model's name where a mapping says so`(way: Way) async throws {
    let (asked, sent) =
      way.client == .chat ? ("mapped-gpt", "gpt-real") : ("mapped-claude", "claude-real")
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(way.vendor.reply(.rich, isStreamed: false))
      let body = way.client.request(model: asked, extra: Self.odd)
      #expect(try await house.ask(body, at: way.client.path).status == 200)
      #expect(try await upstream.request(1).text == body.replacing(asked, with: sent))
      let record = try #require(try await house.records(1).first)
      #expect(record.modelRequested == asked && record.modelSent == sent)
    }
  }

  @Test(arguments: Way.passages)
  func `carries a whole reply byte for byte`(way: Way) async throws {
    let reply = way.vendor.reply(.rich, isStreamed: false)
    try await House.live { house in
      house.upstream(way.vendor).enqueue(reply)
      #expect(try await house.ask(way).body == reply.body)
      let record = try #require(try await house.records(1).first)
      #expect(record.inputTokens == 25 && record.outputTokens == 64)
    }
  }

  @Test(arguments: Way.passages, [0, 1, 7, 4096])
  func `carries a stream byte for byte, however it is cut`(way: Way, size: Int) async throws {
    let whole = way.vendor.reply(.rich, isStreamed: true)
    let usage = way.client == .chat ? #","stream_options":{"include_usage":true}"# : ""
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(size == 0 ? whole : whole.inPieces(of: size))
      let answer = try await house.ask(way, isStreamed: true, extra: usage)
      #expect(answer.body == whole.body)
      #expect(answer.head.header("content-type")?.hasPrefix("text/event-stream") == true)
      #expect(try await upstream.request(1).text == way.request(isStreamed: true, extra: usage))
      let record = try #require(try await house.records(1).first)
      #expect(record.inputTokens == 25 && record.outputTokens == 64)
    }
  }

  @Test(arguments: [1, 7, 4096])
  func `hides the usage that nobody asked for and counts it all the same`(
    size: Int
  ) async throws {
    let way = Way(client: .chat, vendor: .chat)
    var silent = ScriptedReply.rich
    silent.reportsUsage = false
    try await House.live { house in
      house.chat.enqueue(ScriptedAnswer.openAIChatStream(.rich).inPieces(of: size))
      let answer = try await house.ask(way, isStreamed: true)
      #expect(answer.body == ScriptedAnswer.openAIChatStream(silent).body)
      let sent = try await house.chat.request(1).text
      #expect(sent.contains(#""include_usage":true"#))
      let asked = way.request(isStreamed: true)
      #expect(sent.hasPrefix(asked.dropLast()))
      let record = try #require(try await house.records(1).first)
      #expect(record.inputTokens == 25 && record.outputTokens == 64)
    }
  }

  @Test func `lets the headers of Anthropic's clients travel, and no credential`() async throws {
    let travelling = [
      ("anthropic-beta", "claude-code-20250219,oauth-2025-04-20"),
      ("anthropic-version", "2024-10-22"), ("anthropic-dangerous-direct-browser-access", "true"),
      ("x-claude-code-session-id", "0191-session"), ("x-claude-code-unheard-of", "yes"),
      ("anthropic-unheard-of", "1"),
    ]
    try await House.live { house in
      house.claude.enqueue(.anthropic(.text("Fine")))
      let way = Way(client: .anthropic, vendor: .anthropic)
      let answer = try await house.ask(
        way, headers: travelling + [("authorization", "Bearer mine"), ("cookie", "a=b")])
      #expect(answer.status == 200)
      let request = try await house.claude.request(1)
      for (name, value) in travelling { #expect(request.header(name) == value) }
      #expect(request.header("x-api-key") == House.vendorKey)
      #expect(request.header("authorization") == nil && request.header("cookie") == nil)
      let all = request.headers.map(\.value).joined(separator: " ")
      #expect(!all.contains(House.key) && !all.contains("mine"))
    }
  }

  @Test func `lets no credential of a Chat client travel`() async throws {
    try await House.live { house in
      house.chat.enqueue(.openAIChat(.text("Fine")))
      let body = Language.chat.request(model: "gpt-test")
      let answer = try await house.ask(
        body, at: "/v1/chat/completions", credentials: [("authorization", "Bearer \(House.key)")])
      #expect(answer.status == 200)
      let request = try await house.chat.request(1)
      #expect(request.header("authorization") == "Bearer \(House.vendorKey)")
      #expect(request.header("x-api-key") == nil)
    }
  }

  @Test(arguments: Way.passages, [400, 402, 403, 404, 413, 422, 429, 500, 529])
  func `carries an upstream's error byte for byte`(way: Way, status: Int) async throws {
    var no = way.vendor.error(status: status, "No: \u{e9} \"quoted\"")
    no = no.header("request-id", "req_vendor").header("x-should-retry", "false")
    try await House.live { house in
      house.upstream(way.vendor).enqueue(no)
      let answer = try await house.ask(way, isStreamed: true)
      #expect(answer.status == status)
      #expect(answer.body == no.body)
    }
  }

  @Test(arguments: Way.passages)
  func `lets what an error says beside its body travel`(way: Way) async throws {
    let limit =
      way.vendor == .anthropic
      ? "anthropic-ratelimit-unified-reset" : "x-ratelimit-reset-requests"
    try await House.live { house in
      house.upstream(way.vendor).enqueue(
        way.vendor.error(status: 429, "Enough", retryAfter: "60")
          .header(limit, "17").header("x-should-retry", "true"))
      let answer = try await house.ask(way)
      #expect(answer.head.header("retry-after") == "60")
      #expect(answer.head.header(limit) == "17")
      #expect(answer.head.header("x-should-retry") == "true")
    }
  }
}
