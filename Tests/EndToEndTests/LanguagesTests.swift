import ControlPlane
import Glibc
import TestSupport
import Testing

@testable import Transport

@Suite("A client of any language")
struct LanguagesTests {
  private static let saying = "Grüße_aus_Zürich"

  @Test(arguments: Asking.all, Language.allCases)
  func `reaches a backend of another language`(
    asking: Asking, vendor: Language
  ) async throws {
    try await House.live { house in
      let upstream = house.upstream(vendor)
      upstream.enqueue(vendor.reply(.text(Self.saying), isStreamed: false))
      let body = asking.body.replacing("MODEL", with: vendor.model)
      let path = asking.path.replacing("MODEL", with: vendor.model)
      let answer = try await house.ask(body, at: path)
      #expect(answer.status == 200)
      #expect(answer.text.contains(Self.saying), "\(answer.text.prefix(300))")
      #expect(try await upstream.request(1).text.contains("\"Hi\""))
    }
  }

  @Test(arguments: Asking.all, Language.allCases)
  func `is streamed to as it wants to be`(
    asking: Asking, vendor: Language
  ) async throws {
    try await House.live { house in
      let reply = ScriptedReply([.text(Self.saying)], pieceSize: 64)
      house.upstream(vendor).enqueue(vendor.reply(reply, isStreamed: true).inPieces(of: 7))
      let body = asking.streamBody.replacing("MODEL", with: vendor.model)
      let path = asking.streamPath.replacing("MODEL", with: vendor.model)
      let answer = try await house.ask(body, at: path)
      #expect(answer.status == 200)
      if !asking.hidesText {
        #expect(answer.text.contains(Self.saying), "\(answer.text.prefix(300))")
      }
      let record = try #require(try await house.records(1).first)
      #expect(record.ending == "completed" && record.outputTokens > 0)
    }
  }

  @Test(arguments: Asking.all, BrokenStreamTests.Fault.all)
  func `is told that its stream broke, and sees no good end`(
    asking: Asking, fault: BrokenStreamTests.Fault
  ) async throws {
    try await House.live(in: HousePlan(backend: ["idle_timeout: 500ms"])) { house in
      let whole = ScriptedAnswer.openAIChatStream(.text("One two three four five six"))
      house.chat.enqueue(whole.broken(beforeStep: 5, by: fault.step))
      let client = try await house.client(
        asking: asking.streamBody.replacing("MODEL", with: "gpt-test"),
        at: asking.streamPath.replacing("MODEL", with: "gpt-test"))
      #expect(try await client.head().status == 200)
      var seen: [UInt8] = []
      var isBroken = false
      do {
        while let piece = try await client.bodyBytes() { seen += piece }
      } catch {
        isBroken = true
      }
      let text = String(decoding: seen, as: UTF8.self)
      #expect(isBroken, "\(text.suffix(200))")
      if let end = asking.end { #expect(!text.contains(end)) }
      // Behind megabytes that nobody can read the client may see the break alone.
      if case .neverEndingLine = fault.step {} else { #expect(text.contains(asking.breakage)) }
      #expect(try await house.records(1).first?.ending == "broken")
    }
  }

  @Test(arguments: Asking.all)
  func `that leaves in mid-stream ends its upstream`(asking: Asking) async throws {
    try await House.live { house in
      let whole = ScriptedAnswer.openAIChatStream(.text("One two three four five six"))
      house.chat.enqueue(whole.holding(beforeStep: 5, gate: "never"))
      let client = try await house.client(
        asking: asking.streamBody.replacing("MODEL", with: "gpt-test"),
        at: asking.streamPath.replacing("MODEL", with: "gpt-test"))
      _ = try await client.head()
      _ = try await client.bodyBytes()
      client.reset()
      #expect(try await house.records(1).first?.ending == "client_gone")
      house.chat.open(gate: "never")
    }
  }

  @Test(arguments: Asking.all)
  func `hears of a limit with its status and its pause`(asking: Asking) async throws {
    try await House.live { house in
      house.chat.enqueue(
        .json(
          #"{"error":{"message":"slow down","type":"rate_limit_error"}}"#, status: 429,
          headers: [(name: "retry-after", value: "7")]))
      let answer = try await house.ask(
        asking.body.replacing("MODEL", with: "gpt-test"),
        at: asking.path.replacing("MODEL", with: "gpt-test"))
      #expect(answer.status == 429)
      #expect(answer.head.header("retry-after") == "7")
      #expect(answer.text.contains("slow down"))
    }
  }

  @Test(arguments: Asking.all)
  func `is refused in its own words, before its body is read`(
    asking: Asking
  ) async throws {
    try await House.live { house in
      let path = asking.path.replacing("MODEL", with: "gpt-x")
      let answer = try await house.ask(
        asking.body, at: path, credentials: [(name: "x-api-key", value: "sk-wrong")])
      #expect(answer.status == 401)
      #expect(answer.text.contains(asking.refusal), "\(answer.text)")
      #expect(house.chat.requests.isEmpty)
    }
  }

  @Test(arguments: Asking.all)
  func `is told how many tokens it would send`(asking: Asking) async throws {
    try await House.live { house in
      let answer = try await house.ask(asking.countBody, at: asking.countPath)
      #expect(answer.status == 200)
      #expect(answer.text.contains("okens\":") || answer.text.contains("_tokens\":"))
      #expect(answer.head.header("x-anyllm-token-counter") == "gateway")
    }
  }

  @Test func `may sign its request as Amazon's clients do`() async throws {
    let plan = HousePlan(
      root: ["open_relay: false"],
      keyLines: ["  - {name: aws, access_key_id: AKIDEXAMPLE, secret: wJalrXUtnFEMI}"])
    try await House.live(in: plan) { house in
      let body = #"{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}"#
      func answer(secret: String) async throws -> Answer {
        var request = UpstreamRequest(
          url: "http://127.0.0.1/model/gpt-test/converse",
          body: Array(body.utf8))
        SigV4Signer(
          .init(accessKeyID: "AKIDEXAMPLE", secretAccessKey: secret), region: "eu-west-1",
          service: "bedrock"
        ).sign(&request, atSeconds: Self.now())
        let fields = request.fields.filter { $0.name.lowercased() != "host" }
        return try await house.ask(
          body, at: "/model/gpt-test/converse",
          credentials: fields.map { (name: $0.name, value: $0.value) })
      }
      house.chat.enqueue(.openAIChat(.text(Self.saying)))
      #expect(try await answer(secret: "wJalrXUtnFEMI").status == 200)
      let forged = try await answer(secret: "guessed")
      #expect(forged.status == 403)
      #expect(forged.head.header("x-amzn-errortype") == "InvalidSignatureException")
      #expect(house.chat.requests.count == 1)
    }
  }

  private static func now() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec)
  }
}

@Suite("A request that is no conversation")
struct PassThroughTests {
  @Test func `goes to the backend of its model, with the name it has there`() async throws {
    try await House.live { house in
      house.chat.enqueue(.json(#"{"data":[],"usage":{"prompt_tokens":7,"total_tokens":7}}"#))
      let answer = try await house.ask(
        #"{"input":"text", "model":"mapped-gpt"}"#, at: "/v1/embeddings")
      #expect(answer.status == 200)
      #expect(answer.text.contains("prompt_tokens"))
      let request = try await house.chat.request(1)
      #expect(request.path == "/v1/embeddings")
      #expect(request.text == #"{"model":"gpt-real","input":"text"}"#)
      let record = try #require(try await house.records(1).first)
      #expect(record.inputTokens == 7 && record.modelSent == "gpt-real")
    }
  }

  @Test func `is refused where its backend has no such thing`() async throws {
    try await House.live { house in
      let answer = try await house.ask(
        #"{"input":"text","model":"claude-x"}"#, at: "/v1/embeddings")
      #expect(answer.status == 404)
      #expect(answer.text.contains("does not serve"))
      #expect(house.claude.requests.isEmpty)
    }
  }
}
