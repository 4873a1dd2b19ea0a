import ControlPlane
import TestSupport
import Testing

@Suite("A translated reply")
struct TranslationTests {
  private static let saying = "Я посмотрю — 天気を調べます 🌦️👩‍👩‍👧."

  @Test(arguments: Way.translations, [1, 2, 3, 5, 1024])
  func `is the same however the network cuts it`(way: Way, size: Int) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(
        way.vendor.reply(.rich, isStreamed: true).inPieces(of: size))
      let transcript = try await house.stream(way)
      #expect(transcript.text == Self.saying)
      #expect(transcript.isTerminated && !transcript.isBroken)
      let told = transcript.events.map(\.data).joined()
      for word in ["call_a", "call_b", "get_weather", "Zürich", "京都"] {
        #expect(told.contains(word), "\(word)")
      }
      let record = try #require(try await house.records(1).first)
      #expect(record.inputTokens == 25 && record.outputTokens == 64)
    }
  }

  @Test func `keeps calls apart whose arguments take turns`() async throws {
    let way = Way(client: .anthropic, vendor: .chat)
    try await House.live { house in
      house.chat.enqueue(.openAIChatStream(.rich))
      let transcript = try await house.stream(way)
      // One block is open at a time, and each one's arguments are whole.
      var open: [String] = []
      var arguments: [String: String] = [:]
      for event in transcript.events {
        guard let range = event.data.firstRange(of: #""index":"#) else { continue }
        let index = String(event.data[range.upperBound...].prefix { $0.isNumber })
        switch event.name {
        case "content_block_start":
          #expect(open.isEmpty)
          open.append(index)
        case "content_block_stop":
          #expect(open == [index])
          open = []
        default:
          #expect(open == [index])
          let single = Transcript(language: .anthropic, events: [event])
          arguments[index, default: ""] += single.arguments
        }
      }
      let whole = arguments.values.filter { !$0.isEmpty }.sorted()
      #expect(
        whole == [
          #"{\"town\":\"Zürich\",\"days\":3}"#,
          #"{\"town\":\"京都\",\"note\":\"a \\\"quoted\\\" \\\\ word\\n\"}"#,
        ])
    }
  }

  @Test(arguments: Way.translations)
  func `carries a megabyte of arguments cut at random`(way: Way) async throws {
    let reply = ScriptedReply.hugeArguments()
    guard case .tool(_, _, let arguments) = try #require(reply.parts.first) else { return }
    var random = SystemRandomNumberGenerator()
    var stream = way.vendor.reply(reply, isStreamed: true)
    let bytes = stream.body
    stream.steps = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 1...20_000, using: &random))
      stream.steps.append(.bytes(Array(bytes[start..<end])))
      start = end
    }
    try await House.live { [stream] house in
      house.upstream(way.vendor).enqueue(stream)
      let transcript = try await house.stream(way)
      #expect(transcript.isTerminated)
      let quoted = String(quotedJSON(arguments).dropFirst().dropLast())
      #expect(transcript.arguments.utf8.elementsEqual(quoted.utf8))
    }
  }

  @Test(arguments: Way.all)
  func `comes whole from an upstream that streams unasked`(way: Way) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(way.vendor.reply(.text("Hello there"), isStreamed: true))
      let answer = try await house.ask(way, isStreamed: false)
      #expect(answer.status == 200)
      #expect(answer.head.header("content-type")?.hasPrefix("application/json") == true)
      #expect(answer.text.contains("Hello there"))
      #expect(try await house.records(1).first?.outputTokens == 15)
    }
  }

  @Test(arguments: Way.all)
  func `comes as a stream from an upstream that does not stream`(way: Way) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(way.vendor.reply(.text("Hello there"), isStreamed: false))
      let transcript = try await house.stream(way)
      #expect(transcript.text == "Hello there")
      #expect(transcript.isTerminated && !transcript.isBroken)
      #expect(try await house.records(1).first?.outputTokens == 15)
    }
  }

  @Test(arguments: Way.all, [false, true])
  func `comes out of gzip that nobody asked for`(way: Way, isStreamed: Bool) async throws {
    try await House.live { house in
      house.upstream(way.vendor).enqueue(
        way.vendor.reply(.text("Hello there"), isStreamed: isStreamed).gzipped())
      let answer = try await house.ask(way, isStreamed: isStreamed)
      #expect(answer.status == 200)
      #expect(answer.head.header("content-encoding") == nil)
      #expect(answer.text.contains("Hello "))
    }
  }

  @Test(arguments: Way.translations)
  func `names what was lost on the way`(way: Way) async throws {
    let extra = way.client == .anthropic ? #","top_k":7"# : #","seed":7,"logit_bias":{"1":2}"#
    try await House.live { house in
      house.upstream(way.vendor).enqueue(way.vendor.reply(.text("Fine"), isStreamed: false))
      let answer = try await house.ask(way, extra: extra)
      #expect(answer.status == 200)
      let told = try #require(answer.head.header("x-anyllm-degradation"))
      let record = try #require(try await house.records(1).first)
      #expect(!record.losses.isEmpty)
      #expect(told == record.losses.joined(separator: ", "))
      let totals = try house.picture.totals.losses
      #expect(Set(totals.keys) == Set(record.losses))
    }
  }

  @Test(arguments: Way.translations)
  func `keeps quiet about losses when told to`(way: Way) async throws {
    let extra = way.client == .anthropic ? #","top_k":7"# : #","seed":7"#
    try await House.live(in: HousePlan(root: ["expose_degradation: false"])) { house in
      house.upstream(way.vendor).enqueue(way.vendor.reply(.text("Fine"), isStreamed: false))
      let answer = try await house.ask(way, extra: extra)
      #expect(answer.head.header("x-anyllm-degradation") == nil)
      #expect(try await house.records(1).first?.losses.isEmpty == false)
    }
  }

  @Test func `carries rate limits under the names that its client knows`() async throws {
    try await House.live { house in
      house.chat.enqueue(
        ScriptedAnswer.openAIChat(.text("Fine"))
          .header("x-ratelimit-remaining-requests", "41")
          .header("x-ratelimit-reset-tokens", "1m30s")
          .header("x-request-id", "chat-1"))
      let answer = try await house.ask(Way(client: .anthropic, vendor: .chat))
      #expect(answer.head.header("anthropic-ratelimit-requests-remaining") == "41")
      #expect(answer.head.header("anthropic-ratelimit-tokens-reset")?.hasSuffix("Z") == true)
      #expect(answer.head.header("x-upstream-request-id") == "chat-1")
      #expect(answer.head.header("x-ratelimit-remaining-requests") == nil)
    }
    try await House.live { house in
      house.claude.enqueue(
        ScriptedAnswer.anthropic(.text("Fine"))
          .header("anthropic-ratelimit-tokens-limit", "80000").header("request-id", "req_9"))
      let answer = try await house.ask(Way(client: .chat, vendor: .anthropic))
      #expect(answer.head.header("x-ratelimit-limit-tokens") == "80000")
      #expect(answer.head.header("x-upstream-request-id") == "req_9")
    }
  }
}
