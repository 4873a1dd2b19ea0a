import ControlPlane
import TestSupport
import Testing

/// A house whose model `r` may be served by either vendor.
private enum Crossroads {
  static func plan(
    _ route: String, more: [String] = [], backend: [String] = []
  ) -> HousePlan {
    HousePlan(
      root: ["routes:", "  r: {strategy: ordered, \(route)}"] + more, backend: backend)
  }

  static let both = #"deployments: ["chat:gpt-real", "claude:claude-real"]"#
}

/// How a client asks for model `r`, in every language there is.
struct Asker: Sendable, CustomStringConvertible {
  var description: String
  var path: String
  var body: String

  static let all = [
    Asker(
      description: "anthropic", path: "/v1/messages",
      body: #"{"model":"r","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"#),
    Asker(
      description: "chat", path: "/v1/chat/completions",
      body: #"{"model":"r","messages":[{"role":"user","content":"Hi"}]}"#),
    Asker(description: "responses", path: "/v1/responses", body: #"{"model":"r","input":"Hi"}"#),
    Asker(
      description: "gemini", path: "/v1beta/models/r:generateContent",
      body: #"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}"#),
    Asker(
      description: "converse", path: "/model/r/converse",
      body: #"{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}"#),
  ]
}

@Suite struct `A route` {
  @Test(arguments: Asker.all, [500, 429, 404, 401])
  func `goes on to the next deployment when the first one fails`(
    asker: Asker, status: Int
  ) async throws {
    try await House.live(in: Crossroads.plan(Crossroads.both)) { house in
      house.chat.enqueue(.openAIError(status: status, message: "no"))
      house.claude.enqueue(.anthropic(.text("From the second")))
      let answer = try await house.ask(asker.body, at: asker.path)
      #expect(answer.status == 200 && answer.text.contains("From the second"))
      let record = try #require(try await house.records(1).first)
      #expect(record.attempts == 2 && record.backend == "claude")
      #expect(record.modelSent == "claude-real" && record.modelRequested == "r")
      #expect(record.route == "r" && record.tries?.count == 1)
      let first = try #require(record.tries?.first)
      #expect(first.backend == "chat" && first.model == "gpt-real" && first.status == status)
      #expect(first.reason.hasSuffix("no"))
    }
  }

  @Test(arguments: Asker.all)
  func `tells the last failure in the client's language when all fail`(
    asker: Asker
  ) async throws {
    try await House.live(in: Crossroads.plan(Crossroads.both)) { house in
      house.chat.enqueue(.openAIError(status: 500, message: "first"))
      house.claude.enqueue(
        .anthropicError(status: 500, type: "api_error", message: "second"))
      let answer = try await house.ask(asker.body, at: asker.path)
      #expect(answer.status == 500 && answer.text.contains("second"))
      #expect(try await house.records(1).first?.attempts == 2)
    }
  }

  @Test func `goes on in the middle of nothing, never after the first byte`() async throws {
    try await House.live(in: Crossroads.plan(Crossroads.both)) { house in
      let stream = ScriptedAnswer.openAIChatStream(.text("Half a"))
      house.chat.enqueue(stream.broken(beforeStep: 2, by: .reset))
      let asker = Language.chat.request(model: "r", isStreamed: true)
      let transcript = try await house.client(asking: asker, at: Language.chat.path)
        .transcript(in: .chat)
      #expect(transcript.isBroken)
      #expect(house.claude.requests.isEmpty)

      house.chat.enqueue(stream.broken(beforeStep: 0, by: .reset))
      house.claude.enqueue(.anthropicStream(.text("Whole")))
      let second = try await house.client(asking: asker, at: Language.chat.path)
        .transcript(in: .chat)
      #expect(second.text == "Whole" && second.isTerminated && !second.isBroken)
    }
  }

  @Test func `asks nobody else when the request itself is wrong`() async throws {
    try await House.live(in: Crossroads.plan(Crossroads.both)) { house in
      house.chat.enqueue(.openAIError(status: 400, message: "bad temperature"))
      let answer = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      #expect(answer.status == 400)
      #expect(house.claude.requests.isEmpty)
    }
  }

  @Test func `passes over a deployment that is cooling down`() async throws {
    try await House.live(in: Crossroads.plan(Crossroads.both)) { house in
      house.chat.enqueue(
        .openAIError(status: 429, message: "slow down", retryAfter: "120"))
      for _ in 0..<3 {
        house.claude.enqueue(.anthropic(.text("ok")))
        let answer = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
        #expect(answer.status == 200)
      }
      #expect(house.chat.requests.count == 1)
      // And when nobody is left, the true reason and the earliest moment are told.
      house.claude.enqueue(
        .anthropicError(
          status: 429, type: "rate_limit_error", message: "me too", retryAfter: "60"))
      #expect(try await house.ask(Asker.all[1].body, at: Asker.all[1].path).status == 429)
      let refused = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      #expect(refused.status == 429)
      #expect(refused.text.contains("slow down") && refused.text.contains("me too"))
      let seconds = refused.head.header("retry-after").flatMap { Int($0) } ?? 0
      #expect((50...60).contains(seconds))
      #expect(house.claude.requests.count == 4)
    }
  }

  @Test func `leaves a deployment alone that keeps failing, and tries it again`() async throws {
    let plan = Crossroads.plan(
      Crossroads.both, backend: ["circuit: {failures: 2, pause: 300ms}"])
    try await House.live(in: plan) { house in
      for _ in 0..<2 {
        house.chat.enqueue(.openAIError(status: 500, message: "broken"))
        house.claude.enqueue(.anthropic(.text("ok")))
        _ = try await house.ask(Asker.all[0].body, at: Asker.all[0].path)
      }
      house.claude.enqueue(.anthropic(.text("ok")))
      _ = try await house.ask(Asker.all[0].body, at: Asker.all[0].path)
      #expect(house.chat.requests.count == 2)
      // The pause ends: one request tries, and its success closes the circuit.
      house.chat.enqueue(.openAIChat(.text("back")))
      try await eventually("the first deployment serves again") {
        house.claude.enqueue(.anthropic(.text("ok")))
        let answer = try await house.ask(Asker.all[0].body, at: Asker.all[0].path)
        return answer.text.contains("back")
      }
      house.chat.enqueue(.openAIChat(.text("back")))
      #expect(
        try await house.ask(Asker.all[0].body, at: Asker.all[0].path).text.contains("back"))
    }
  }

  @Test func `falls back to a larger window only for what does not fit`() async throws {
    let plan = Crossroads.plan(
      #"deployments: ["chat:gpt-real"], fallbacks: [{to: "claude:big", on: context}]"#)
    try await House.live(in: plan) { house in
      house.chat.enqueue(.openAIError(status: 500, message: "broken"))
      #expect(try await house.ask(Asker.all[1].body, at: Asker.all[1].path).status == 500)
      #expect(house.claude.requests.isEmpty)
      house.chat.enqueue(
        .json(
          #"{"error":{"message":"This model's maximum context length is 10 tokens","#
            + #""type":"invalid_request_error","code":"context_length_exceeded"}}"#, status: 400))
      house.claude.enqueue(.anthropic(.text("It fits")))
      let answer = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      #expect(answer.status == 200 && answer.text.contains("It fits"))
      #expect(try await house.claude.request(1).text.contains(#""model":"big""#))
    }
  }

  @Test func `keeps the limits of its deployments under hundreds of requests`() async throws {
    let plan = Crossroads.plan(
      #"deployments: [{to: "chat:gpt-real", concurrent: 3}, {to: "claude:x", "#
        + "requests_per_minute: 40}]")
    try await House.live(in: plan) { house in
      for _ in 0..<200 { house.chat.enqueue(.openAIChat(.text("chat"))) }
      for _ in 0..<40 { house.claude.enqueue(.anthropic(.text("claude"))) }
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<200 {
          group.addTask { try await house.ask(Asker.all[1].body, at: Asker.all[1].path) }
        }
        return try await group.reduce(into: [Answer]()) { $0.append($1) }
      }
      #expect(house.claude.requests.count <= 40)
      for answer in answers {
        #expect([200, 429].contains(answer.status))
        if answer.status == 429 { #expect(answer.head.header("retry-after") != nil) }
      }
      #expect(answers.contains { $0.status == 200 })
    }
  }

  @Test func `asks elsewhere when the first token is late`() async throws {
    let plan = Crossroads.plan(Crossroads.both + ", first_token_timeout: 200ms")
    try await House.live(in: plan) { house in
      house.chat.enqueue(
        ScriptedAnswer.openAIChatStream(.text("Late")).holding(beforeStep: 1, gate: "never"))
      house.claude.enqueue(.anthropicStream(.text("In time")))
      let transcript = try await house.client(
        asking: Language.chat.request(model: "r", isStreamed: true), at: Language.chat.path
      ).transcript(in: .chat)
      #expect(transcript.text == "In time" && transcript.isTerminated)
      _ = try await house.chat.clientGone(fromRequest: 1)
    }
  }

  @Test func `waits a moment for a deployment that is free again soon`() async throws {
    let plan = Crossroads.plan(
      #"wait: 5s, deployments: ["chat:gpt-real"], fallbacks: ["claude:x"]"#)
    try await House.live(in: plan) { house in
      house.chat.enqueue(.openAIError(status: 429, message: "soon", retryAfter: "1"))
      house.claude.enqueue(
        .anthropicError(status: 429, type: "rate_limit_error", message: "soon", retryAfter: "1"))
      #expect(try await house.ask(Asker.all[1].body, at: Asker.all[1].path).status == 429)
      house.chat.enqueue(.openAIChat(.text("here")))
      house.claude.enqueue(.anthropic(.text("here")))
      let answer = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      #expect(answer.status == 200 && answer.text.contains("here"))
    }
  }

  @Test func `of a class takes its requests, but not where the path names a backend`()
    async throws
  {
    let plan = HousePlan(root: ["classes: {image: \"claude:sees\", web_search: reject:404}"])
    let image = #"[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]"#
    let body = Language.chat.request(model: "gpt-x", content: image)
    try await House.live(in: plan) { house in
      house.claude.enqueue(.anthropic(.text("I see")))
      let seen = try await house.ask(body, at: "/v1/chat/completions")
      #expect(seen.text.contains("I see"))
      house.chat.enqueue(.openAIChat(.text("direct")))
      let direct = try await house.ask(body, at: "/chat/v1/chat/completions")
      #expect(direct.text.contains("direct"))
      let search = Language.anthropic.request(
        model: "claude-x", extra: #","tools":[{"type":"web_search_20250305","name":"web_search"}]"#)
      #expect(try await house.ask(search, at: "/v1/messages").status == 404)
    }
  }
}

@Suite struct `Claude Code's quota probe` {
  private static let probe =
    #"{"model":"claude-x","max_tokens":1,"messages":[{"role":"user","content":"quota"}]"#

  @Test(arguments: ["}", #","stream":true}"#])
  func `is answered here and asks no upstream`(end: String) async throws {
    try await House.live { house in
      let answer = try await house.ask(Self.probe + end, at: "/v1/messages")
      #expect(answer.status == 200)
      #expect(answer.text.contains(#""stop_reason":"max_tokens""#))
      #expect(answer.text.contains(#""role":"assistant""#))
      #expect(house.claude.requests.isEmpty)
      let record = try #require(try await house.records(1).first)
      #expect(record.backend.isEmpty && record.attempts == 0 && record.inputTokens == 0)
    }
  }

  @Test(arguments: [
    #"{"model":"claude-x","max_tokens":2,"messages":[{"role":"user","content":"quota"}]}"#,
    #"{"model":"claude-x","max_tokens":1,"messages":[{"role":"user","content":"."}]}"#,
  ])
  func `is nothing that merely looks like it`(body: String) async throws {
    try await House.live { house in
      house.claude.enqueue(.anthropic(.text("real")))
      let answer = try await house.ask(body, at: "/v1/messages")
      #expect(answer.text.contains("real"))
    }
  }
}

@Suite struct `A hedge` {
  private static let plan = HousePlan(
    root: [
      "routes:",
      #"  r: {strategy: ordered, hedge_after: 50ms, deployments: ["chat:x", "claude:y"]}"#,
    ])

  @Test func `asks a second deployment when the first one is slow, and breaks it off`()
    async throws
  {
    try await House.live(in: Self.plan) { house in
      house.chat.enqueue(.openAIChat(.text("slow")).cut(after: 9, by: .silence))
      house.claude.enqueue(.anthropic(.text("quick")))
      let answer = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      #expect(answer.status == 200 && answer.text.contains("quick"))
      _ = try await house.chat.clientGone(fromRequest: 1)
      let record = try #require(try await house.records(1).first)
      #expect(record.backend == "claude" && record.modelSent == "y" && record.attempts == 1)
      // The one that was broken off has not failed.
      #expect(try house.picture.backends.allSatisfy { $0.failures == 0 })
    }
  }

  @Test func `asks one only when it is quick`() async throws {
    try await House.live(in: Self.plan) { house in
      house.chat.enqueue(.openAIChat(.text("quick")))
      let answer = try await house.ask(Asker.all[0].body, at: Asker.all[0].path)
      #expect(answer.text.contains("quick"))
      #expect(house.claude.requests.isEmpty)
    }
  }

  @Test func `goes on when one of the two fails`() async throws {
    try await House.live(in: Self.plan) { house in
      house.chat.enqueue(.openAIError(status: 500, message: "broken"))
      house.claude.enqueue(.anthropic(.text("whole")))
      let answer = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      #expect(answer.text.contains("whole"))
      let record = try #require(try await house.records(1).first)
      #expect(record.attempts == 2)
    }
  }

  @Test func `ends with its client`() async throws {
    try await House.live(in: Self.plan) { house in
      house.chat.enqueue(.nothing(but: .silence))
      house.claude.enqueue(.nothing(but: .silence))
      let client = try await house.client(asking: Asker.all[1].body, at: Asker.all[1].path)
      _ = try await house.chat.request(1)
      _ = try await house.claude.request(1)
      client.close()
      _ = try await house.chat.clientGone(fromRequest: 1)
      _ = try await house.claude.clientGone(fromRequest: 1)
      #expect(try await house.records(1).first?.ending == "client_gone")
    }
  }
}

@Suite struct `A shadow` {
  private static let plan = HousePlan(
    root: [
      "routes:",
      #"  r: {deployments: ["chat:x"], shadow: {to: "claude:y", percent: 100}}"#,
    ])

  @Test(arguments: [false, true])
  func `gets a copy, and the client sees nothing of it`(isStreamed: Bool) async throws {
    try await House.live(in: Self.plan) { house in
      house.chat.enqueue(Language.chat.reply(.text("mine"), isStreamed: isStreamed))
      house.claude.enqueue(Language.anthropic.reply(.text("shade"), isStreamed: isStreamed))
      let answer = try await house.ask(
        Language.chat.request(model: "r", isStreamed: isStreamed), at: Language.chat.path)
      #expect(answer.status == 200 && answer.text.contains("mine"))
      #expect(!answer.text.contains("shade"))
      let records = try await house.records(2)
      let shadow = try #require(records.first { $0.key == "shadow" })
      #expect(shadow.backend == "claude" && shadow.status == 200 && shadow.id.hasSuffix("-shadow"))
      #expect(shadow.outputTokens > 0)
    }
  }

  @Test func `may fail as it likes`() async throws {
    try await House.live(in: Self.plan) { house in
      house.chat.enqueue(.openAIChat(.text("mine")))
      house.claude.enqueue(.nothing(but: .reset))
      let answer = try await house.ask(Asker.all[1].body, at: Asker.all[1].path)
      #expect(answer.status == 200)
      #expect(try await house.records(2).contains { $0.key == "shadow" && $0.status == 502 })
    }
  }
}

@Suite struct `A health check` {
  @Test func `asks for one token with the real credential, and finds a backend down and up`()
    async throws
  {
    let plan = HousePlan(backend: ["health: {every: 1s, model: tiny}"])
    try await House.live(in: plan) { house in
      for _ in 0..<2 {
        house.claude.enqueue(.anthropicError(status: 500, type: "x", message: "ill"))
      }
      var healed = ScriptedAnswer.anthropic(.text("."))
      healed.before = [.gate("healed")]
      for _ in 0..<40 { house.claude.enqueue(healed) }
      for _ in 0..<40 { house.chat.enqueue(.openAIChat(.text("."))) }
      try await eventually("the ill one is found down") {
        try house.picture.backends.first { $0.name == "claude" }?.health == .down
      }
      house.claude.open(gate: "healed")
      let asked = try await house.claude.request(1)
      #expect(asked.text.contains(#""max_tokens":1"#) && asked.text.contains("tiny"))
      #expect(asked.header("x-api-key") == House.vendorKey)
      #expect(try house.picture.backends.first { $0.name == "chat" }?.health != .down)
      try await eventually("it is found up") {
        try house.picture.backends.first { $0.name == "claude" }?.health != .down
      }
      #expect(try house.picture.totals.requests == 0)
    }
  }
}

@Suite struct `What is no conversation` {
  private static let body = #"{"model":"r","input":"Hi"}"#
  private static let plan = HousePlan(
    root: [
      "routes:", #"  r: {strategy: ordered, deployments: ["chat:one", "second:two"]}"#,
      "  f: {deployments: [\"claude:x\"], fallbacks: [\"chat:one\"]}",
    ], responders: ["second"])

  @Test func `goes to the next deployment as well`() async throws {
    try await House.live(in: Self.plan) { house in
      house.chat.enqueue(
        .openAIError(status: 503, message: "busy"), .json(#"{"data":[1]}"#))
      let answer = try await house.ask(Self.body, at: "/v1/embeddings")
      #expect(answer.status == 200 && answer.text == #"{"data":[1]}"#)
      #expect(try await house.chat.request(2).text.contains(#""model":"two""#))
      let record = try #require(try await house.records(1).first)
      #expect(record.attempts == 2 && record.backend == "second")
      #expect(record.tries?.first?.status == 503)
    }
  }

  @Test func `is told the last refusal as it came`() async throws {
    try await House.live(in: Self.plan) { house in
      let last = ScriptedAnswer.openAIError(status: 429, message: "second is full")
      house.chat.enqueue(.openAIError(status: 503, message: "busy"), last)
      let answer = try await house.ask(Self.body, at: "/v1/embeddings")
      #expect(answer.status == 429 && answer.body == last.body)
    }
  }

  @Test func `finds the one place that serves it`() async throws {
    try await House.live(in: Self.plan) { house in
      house.chat.enqueue(.json(#"{"data":[2]}"#))
      let answer = try await house.ask(
        Self.body.replacing(#""r""#, with: #""f""#), at: "/v1/embeddings")
      #expect(answer.status == 200)
      #expect(house.claude.requests.isEmpty)
    }
  }
}

@Suite struct `A storm over a route` {
  @Test func `leaves nothing behind at any deployment`() async throws {
    let plan = HousePlan(
      root: [
        "routes:",
        #"  r: {strategy: least_busy, hedge_after: 20ms, deployments: ["chat:x", "claude:y"],"#
          + #" shadow: {to: "claude:z", percent: 50}, fallbacks: ["chat:w"]}"#,
      ], backend: ["circuit: {failures: 3, pause: 20ms}"])
    try await House.live(in: plan) { house in
      for number in 0..<800 {
        let slow = number % 3 == 0
        house.chat.enqueue(
          number % 5 == 0
            ? .openAIError(status: 500, message: "broken")
            : slow
              ? ScriptedAnswer.openAIChat(.text("a"))
                .trickling(pieceSize: 40, every: .milliseconds(9))
              : .openAIChat(.text("a")))
        house.claude.enqueue(
          number % 7 == 0 ? .nothing(but: .reset) : .anthropic(.text("b")))
      }
      let statuses = try await withThrowingTaskGroup(of: Int?.self) { group in
        for number in 0..<200 {
          group.addTask {
            let client = try await house.client(
              asking: Asker.all[number % 2].body, at: Asker.all[number % 2].path)
            // Every tenth leaves before it has its answer.
            guard number % 10 > 0 else {
              client.close()
              return nil
            }
            return try await client.answer().status
          }
        }
        return try await group.reduce(into: [Int]()) { if let status = $1 { $0.append(status) } }
      }
      #expect(statuses.count == 180 && statuses.contains(200))
      #expect(statuses.allSatisfy { [200, 429, 500, 502, 529].contains($0) }, "\(Set(statuses))")
      try await house.settles()
      try await eventually("no deployment has anything in flight") {
        try house.picture.backends.allSatisfy { backend in
          (backend.deployments ?? []).allSatisfy { $0.inFlight == 0 }
        }
      }
    }
  }
}
