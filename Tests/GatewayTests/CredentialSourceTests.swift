import Dialects
import TestSupport
import Testing
import Transport

@testable import Gateway

struct `A source of credentials` {
  private static let environment = [
    "AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client", "AZURE_CLIENT_SECRET": "s3cret",
  ]

  private static func token(_ name: String, seconds: Int = 3600) -> ScriptedAnswer {
    .json(#"{"access_token":"\#(name)","expires_in":\#(seconds),"token_type":"Bearer"}"#)
  }

  private static func source(
    _ trial: CredentialTrial, _ upstream: ScriptedUpstream
  ) -> CredentialSource {
    .azure(
      .surroundings, backend: "east",
      in: trial.surroundings(Self.environment, upstream: upstream))
  }

  @Test func `asks once for as long as the grant is good`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([Self.token("one"), Self.token("two")])
    let source = Self.source(trial, upstream)
    for _ in 0..<3 { #expect(try await trial.authorization(by: source) == "Bearer one") }
    #expect(upstream.requests.count == 1)
    trial.pass(seconds: 3600)
    #expect(try await trial.authorization(by: source) == "Bearer two")
    #expect(upstream.requests.count == 2)
  }

  @Test func `lets all wait for the one question that is on its way`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      Self.token("one").holding(beforeStep: 0, gate: "answer"), Self.token("two"),
    ])
    let source = Self.source(trial, upstream)
    let seen = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<16 { group.addTask { try await trial.authorization(by: source) } }
      _ = try await upstream.request(1)
      upstream.open(gate: "answer")
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(seen == ["Bearer one"])
    #expect(upstream.requests.count == 1)
  }

  @Test func `goes on with the old grant while the new one is fetched`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      Self.token("one"), Self.token("two").holding(beforeStep: 0, gate: "answer"),
    ])
    let source = Self.source(trial, upstream)
    #expect(try await trial.authorization(by: source) == "Bearer one")
    trial.pass(seconds: 3301)
    for _ in 0..<3 { #expect(try await trial.authorization(by: source) == "Bearer one") }
    _ = try await upstream.request(2)
    upstream.open(gate: "answer")
    try await trial.authorized(by: source) { $0.fields.first("authorization") == "Bearer two" }
    #expect(try await trial.authorization(by: source) == "Bearer two")
    #expect(upstream.requests.count == 2)
  }

  @Test func `goes on with the old grant when the new one is refused`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      Self.token("one"), .json(#"{"error":"busy"}"#, status: 429), Self.token("two"),
    ])
    let source = Self.source(trial, upstream)
    #expect(try await trial.authorization(by: source) == "Bearer one")
    trial.pass(seconds: 3301)
    #expect(try await trial.authorization(by: source) == "Bearer one")
    _ = try await upstream.ending(ofRequest: 2)
    #expect(try await trial.authorization(by: source) == "Bearer one")
    trial.pass(seconds: 200)
    try await trial.authorized(by: source) { $0.fields.first("authorization") == "Bearer two" }
    #expect(upstream.requests.count == 3)
  }

  @Test func `does not ask all the time for a token that is soon over`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([Self.token("one", seconds: 60), Self.token("two")])
    let source = Self.source(trial, upstream)
    for _ in 0..<5 { #expect(try await trial.authorization(by: source) == "Bearer one") }
    #expect(upstream.requests.count == 1)
    trial.pass(seconds: 51)
    #expect(try await trial.authorization(by: source) == "Bearer two")
  }

  @Test(arguments: [
    "9223372036854775807", "1e300", "-5", "\"9223372036854775807\"", "\"soon\"", "null", "[]",
  ])
  func `takes an absurd lifetime for an hour`(lifetime: String) async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      .json(#"{"access_token":"one","expires_in":\#(lifetime)}"#), Self.token("two"),
    ])
    let source = Self.source(trial, upstream)
    #expect(try await trial.authorization(by: source) == "Bearer one")
    trial.pass(seconds: 3000)
    #expect(try await trial.authorization(by: source) == "Bearer one")
    trial.pass(seconds: 600)
    #expect(try await trial.authorization(by: source) == "Bearer two")
  }

  @Test func `remembers a failure for a moment`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      .json(#"{"error":"invalid_client","error_description":"no\nmore"}"#, status: 401),
      Self.token("one"),
    ])
    let source = Self.source(trial, upstream)
    for _ in 0..<3 {
      let failure = try #require(await trial.refusal(by: source))
      #expect(failure.kind == .authentication && failure.origin == .proxy)
      #expect(failure.retry == .otherDeployment && failure.status == 502)
      #expect(failure.message.hasPrefix("backend `east`: Microsoft Entra answered 401"))
      #expect(failure.message.contains("(invalid_client: no); see that AZURE_CLIENT_SECRET"))
      #expect(!failure.message.contains("s3cret"))
    }
    #expect(upstream.requests.count == 1)
    trial.pass(seconds: 5)
    #expect(try await trial.authorization(by: source) == "Bearer one")
  }

  @Test func `asks again when a server has a bad moment`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      .json("{}", status: 503), Self.token("one"), .nothing(but: .reset), Self.token("two"),
    ])
    let source = Self.source(trial, upstream)
    #expect(try await trial.authorization(by: source) == "Bearer one")
    trial.pass(seconds: 3600)
    #expect(try await trial.authorization(by: source) == "Bearer two")
  }

  @Test(arguments: ["", "[]", "no JSON", #"{"access_token":""}"#, #"{"access_token":5}"#])
  func `is not content with an answer that has no token`(body: String) async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([.json(body)])
    let failure = await trial.refusal(by: Self.source(trial, upstream))
    #expect(failure?.kind == .unreachable)
    #expect(failure?.message.contains("without a token") == true)
  }

  @Test func `says when nobody is there`() async throws {
    let trial = try CredentialTrial()
    let source = CredentialSource.azure(
      .surroundings, backend: "east", in: trial.surroundings(Self.environment))
    let failure = await trial.refusal(by: source)
    #expect(failure?.kind == .unreachable && failure?.retry == .otherDeployment)
    #expect(failure?.message.contains("Microsoft Entra was not reached") == true)
  }

  @Test func `lets a request leave, and fetches on for the others`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      Self.token("one").holding(beforeStep: 0, gate: "answer")
    ])
    let source = Self.source(trial, upstream)
    let cancellation = Cancellation()
    let left = Task { try await trial.authorized(by: source, cancellation: cancellation) }
    _ = try await upstream.request(1)
    cancellation.cancel()
    await #expect(throws: Failure.self) { try await left.value }
    upstream.open(gate: "answer")
    #expect(try await trial.authorization(by: source) == "Bearer one")
    #expect(upstream.requests.count == 1)
  }

  @Test func `fetches anew what an upstream did not take`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([Self.token("one"), Self.token("two")])
    let source = Self.source(trial, upstream)
    #expect(try await trial.authorization(by: source) == "Bearer one")
    source.discard()
    #expect(try await trial.authorization(by: source) == "Bearer one")
    trial.pass(seconds: 30)
    source.discard()
    #expect(try await trial.authorization(by: source) == "Bearer two")
  }

  @Test func `sends no secret in clear to another machine`() async throws {
    let trial = try CredentialTrial()
    var surroundings = trial.surroundings(Self.environment)
    surroundings.places.azureTokens = "http://login.example"
    let source = CredentialSource.azure(.surroundings, backend: "east", in: surroundings)
    let failure = await trial.refusal(by: source)
    #expect(failure?.message.contains("without encryption") == true)
  }

  @Test func `whose grant is fixed asks nobody`() async throws {
    let trial = try CredentialTrial()
    let around = trial.surroundings()
    let fields: [(CredentialSource, String, String)] = [
      (.azure(.apiKey(Secret("k")), backend: "b", in: around), "api-key", "k"),
      (.azure(.token(Secret("t")), backend: "b", in: around), "authorization", "Bearer t"),
      (.google(.apiKey(Secret("k")), backend: "b", in: around), "x-goog-api-key", "k"),
      (.google(.accessToken(Secret("t")), backend: "b", in: around), "authorization", "Bearer t"),
    ]
    for (source, name, value) in fields {
      #expect(try await trial.authorized(by: source).fields.first(name) == value)
    }
  }
}
