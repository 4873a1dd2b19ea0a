import ControlPlane
import Dialects
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite struct `The keys of an issuer` {
  private static let times = IssuerKeys.Times(
    renewal: 3_600, interval: 60, mostAge: 7_200, pause: 5)

  private func token(_ kid: String = "rsa") throws -> String {
    try TokenTrial.token(
      header: #"{"alg":"RS256","kid":"\#(kid)"}"#,
      claims: TokenTrial.claims(["exp": "1750000000"]))
  }

  private static func keys(_ kid: String) -> ScriptedAnswer {
    .json(
      #"{"keys":["# + TokenSpecimens.rsaKey.replacing(#""kid":"rsa""#, with: #""kid":"\#(kid)""#)
        + "]}")
  }

  @Test func `are fetched once for many tokens at once`() async throws {
    let upstream = try ScriptedUpstream { _ in
      var answer = TokenTrial.keys()
      answer.before = [.gate("go")]
      return answer
    }
    let trial = try TokenTrial(times: Self.times)
    let issuer = TokenTrial.issuer(upstream)
    try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<50 {
        let token = try TokenTrial.token(
          claims: TokenTrial.claims(["sub": "\"u\(number)\""]))
        group.addTask { await trial.outcome(token, issuer) }
      }
      _ = try await upstream.request(1)
      upstream.open(gate: "go")
      for try await outcome in group { #expect(outcome.hasPrefix("u")) }
    }
    #expect(upstream.requests.count == 1)
  }

  @Test func `are found by discovery, which must be the issuer's own`() async throws {
    let other = Mutex("")
    let upstream = try ScriptedUpstream { request in
      request.path == "/keys"
        ? TokenTrial.keys()
        : .json(
          #"{"issuer":"\#(other.withLock { $0 })","jwks_uri":"http://\#(request.header("host") ?? "")/keys"}"#
        )
    }
    var issuer = Settings.Issuer(issuer: upstream.baseURL, audiences: ["anyllm"])
    issuer.addresses = AddressPolicy(allowsLoopback: true)
    let good = try TokenTrial.token(
      claims: TokenTrial.claims(["iss": "\"\(upstream.baseURL)\""]))
    other.withLock { $0 = "https://other.example" }
    let trial = try TokenTrial(times: Self.times)
    #expect(await trial.outcome(good, issuer).hasSuffix("is that of another issuer"))
    other.withLock { $0 = upstream.baseURL }
    trial.pass(seconds: 6)
    #expect(await trial.outcome(good, issuer) == "user-1")
    #expect(
      upstream.requests.map(\.target) == [
        "/.well-known/openid-configuration", "/.well-known/openid-configuration", "/keys",
      ])
  }

  @Test func `are asked for again when a new one signs, but not for every stranger`() async throws {
    let kid = Mutex("rsa")
    let upstream = try ScriptedUpstream { _ in Self.keys(kid.withLock { $0 }) }
    let trial = try TokenTrial(times: Self.times)
    let issuer = TokenTrial.issuer(upstream)
    #expect(await trial.outcome(try token(), issuer) == "user-1")
    kid.withLock { $0 = "next" }
    for _ in 0..<5 {
      #expect(await trial.outcome(try token("next"), issuer).contains("does not publish"))
    }
    #expect(upstream.requests.count == 1)
    trial.pass(seconds: 60)
    #expect(await trial.outcome(try token("next"), issuer) == "user-1")
    // What the issuer has taken back proves nothing any more, remembered or not.
    #expect(await trial.outcome(try token(), issuer).contains("does not publish"))
    #expect(upstream.requests.count == 2)
  }

  @Test func `are renewed behind the requests`() async throws {
    let upstream = try ScriptedUpstream { _ in TokenTrial.keys() }
    let trial = try TokenTrial(times: Self.times)
    let issuer = TokenTrial.issuer(upstream)
    let other = try TokenTrial.token(claims: TokenTrial.claims(["exp": "1750000001"]))
    #expect(await trial.outcome(try token(), issuer) == "user-1")
    trial.pass(seconds: 3_600)
    #expect(await trial.outcome(other, issuer) == "user-1")
    _ = try await upstream.request(2)
  }

  @Test func `prove for a bounded time while the issuer is down`() async throws {
    let isDown = Mutex(false)
    let upstream = try ScriptedUpstream { _ in
      isDown.withLock { $0 } ? .json("{}", status: 500) : TokenTrial.keys()
    }
    let trial = try TokenTrial(times: Self.times)
    let issuer = TokenTrial.issuer(upstream)
    #expect(await trial.outcome(try token(), issuer) == "user-1")
    isDown.withLock { $0 = true }
    trial.pass(seconds: 7_199)
    #expect(await trial.outcome(try token(), issuer) == "user-1")
    let unseen = try TokenTrial.token(claims: TokenTrial.claims(["exp": "1750000002"]))
    #expect(await trial.outcome(unseen, issuer) == "user-1")
    _ = try await upstream.request(2)
    trial.pass(seconds: 6)
    #expect(await trial.outcome(try token(), issuer).hasPrefix("503 tokens cannot be checked now"))
    isDown.withLock { $0 = false }
    trial.pass(seconds: 6)
    #expect(await trial.outcome(try token(), issuer) == "user-1")
  }

  @Test(arguments: [
    ScriptedAnswer.json("{}", status: 500), .json("{}", status: 404), .json("[]"), .json("{}"),
    .json(#"{"keys":[]}"#), .json(#"{"keys":{}}"#), .json("no"), .nothing(but: .reset),
    .json(#"{"keys":["#), .json(#"{"keys":[{"kty":"oct","k":"AAAA","kid":"rsa"}]}"#),
    .json(
      "", status: 302, headers: [("location", "http://127.0.0.1/keys")]),
    .json(#"{"keys":[]}"# + String(repeating: " ", count: 300 << 10)),
  ])
  func `that cannot be had let nobody in, and are asked for again`(answer: ScriptedAnswer)
    async throws
  {
    let isBroken = Mutex(true)
    let upstream = try ScriptedUpstream { _ in
      isBroken.withLock { $0 } ? answer : TokenTrial.keys()
    }
    let trial = try TokenTrial(times: Self.times)
    let issuer = TokenTrial.issuer(upstream)
    let outcome = await trial.outcome(try token(), issuer)
    #expect(outcome.hasPrefix("503 tokens cannot be checked now"), "\(outcome)")
    #expect(await trial.outcome(try token(), issuer) == outcome)
    #expect(upstream.requests.count == 1)
    isBroken.withLock { $0 = false }
    trial.pass(seconds: 5)
    #expect(await trial.outcome(try token(), issuer) == "user-1")
  }

  @Test(arguments: [
    #""use":"enc""#, #""key_ops":["sign"]"#, #""alg":"RS384""#, #""alg":"HS256""#,
    #""alg":"ES256""#,
  ])
  func `that are for something else prove nothing`(member: String) async throws {
    let changed = TokenSpecimens.rsaKey.replacing(#""use":"sig""#, with: member)
    let upstream = try ScriptedUpstream { _ in
      .json(#"{"keys":[\#(changed),\#(TokenSpecimens.p256Key)]}"#)
    }
    let trial = try TokenTrial(times: Self.times)
    let outcome = await trial.outcome(try token(), TokenTrial.issuer(upstream))
    #expect(outcome == "401 this token is signed with a key that its issuer does not publish")
  }

  @Test(arguments: [
    ("http://issuer.example", "is not https"), ("http://127.0.0.1:1", "is not https"),
    ("https://127.0.0.1:1", "leads to this machine"), ("https://10.0.0.1", "leads to a private"),
    ("https://169.254.169.254", "leads to where a cloud"), ("ftp://a", "is no web address"),
    ("https://user@a.example", "is no web address"),
    ("https://0x7f000001", "leads to this machine"),
    ("https://localhost", "leads to this machine"), ("https://a b", "is no web address"),
  ])
  func `are not asked for at addresses of the inside`(url: String, refusal: String) async throws {
    #expect(IssuerCalls.refusal(of: url, by: .publicOnly)?.hasPrefix(refusal) == true)
    var issuer = Settings.Issuer(issuer: TokenSpecimens.issuer, audiences: ["anyllm"])
    issuer.keysURL = url
    let trial = try TokenTrial()
    #expect(await trial.outcome(try token(), issuer).contains(refusal))
  }

  @Test func `may be waited for by clients that leave`() async throws {
    let upstream = try ScriptedUpstream([.nothing(but: .silence)])
    let trial = try TokenTrial()
    let issuer = TokenTrial.issuer(upstream)
    let token = try token()
    let cancellation = Cancellation()
    let (desk, client, loop) = (trial.desk, trial.client, trial.loop)
    async let refused: Bool = withCheckedContinuation { continuation in
      loop.run {
        do throws(Failure) {
          _ = try await desk.verify(token, for: [issuer], by: client, cancellation: cancellation)
          continuation.resume(returning: false)
        } catch {
          continuation.resume(returning: true)
        }
      }
    }
    _ = try await upstream.request(1)
    cancellation.cancel()
    #expect(await refused)
  }
}

@Suite struct `Issuers of the configuration` {
  @Test func `say whose tokens are taken and what they may do`() throws {
    let loaded = loaded(
      """
      terms: {team: {requests_per_minute: 5}}
      issuers:
        - issuer: https://accounts.example.com
          audience: [anyllm, other]
          jwks_url: https://keys.example.com/jwks?x=1
          algorithms: [ES256, EdDSA]
          leeway: 0s
          name_claim: email
          groups_claim: roles
          groups: {a: team, b: {requests_per_minute: 7}}
          terms: team
          required_claims: {hd: example.com, tier: [x, y]}
          allow_private: true
        - {issuer: "https://b.example", any_audience: true}
      """)
    #expect(loaded.lines == [])
    let callers = try #require(loaded.settings).callers
    #expect(!callers.openRelay)
    var wanted = Settings.Issuer(
      issuer: "https://accounts.example.com", audiences: ["anyllm", "other"])
    wanted.keysURL = "https://keys.example.com/jwks?x=1"
    wanted.algorithms = [.es256, .edDSA]
    wanted.leeway = 0
    wanted.nameClaim = "email"
    wanted.groupsClaim = "roles"
    wanted.groups = [
      .init(name: "a", terms: .init(requestsPerMinute: 5)),
      .init(name: "b", terms: .init(requestsPerMinute: 7)),
    ]
    wanted.terms = .init(requestsPerMinute: 5)
    wanted.requiredClaims = [
      .init(name: "hd", values: ["example.com"]), .init(name: "tier", values: ["x", "y"]),
    ]
    wanted.addresses = AddressPolicy(allowsPrivate: true)
    #expect(
      callers.issuers == [wanted, Settings.Issuer(issuer: "https://b.example", audiences: [])])
  }

  @Test(arguments: [
    ("{audience: a}", "has no issuer"), ("{issuer: \"https://a.example\"}", "has no audience"),
    (
      "{issuer: \"https://a.example\", audience: a, any_audience: true}",
      "has an audience and takes any"
    ),
    ("{issuer: \"http://a.example\", audience: a}", "is not https"),
    ("{issuer: \"https://10.0.0.1\", audience: a}", "leads to a private network"),
    (
      "{issuer: \"https://a.example\", audience: a, jwks_url: \"https://[::1]/k\"}",
      "leads to this machine"
    ),
    ("{issuer: \"https://a.example\", audience: a, algorithms: [HS256]}", "\"HS256\" is not taken"),
    ("{issuer: \"https://a.example\", audience: a, algorithms: [none]}", "\"none\" is not taken"),
    ("{issuer: \"https://a.example\", audience: a, leeway: 1h}", "is not a time from 0s to 10m"),
    ("{issuer: \"https://a.example\", audience: a, groups: {x: y}}", "is none of the terms"),
    ("{issuer: \"https://a.example\", aud: a, any_audience: true}", "did you mean \"audience\"?"),
  ])
  func `are refused when they would open too much`(text: String, problem: String) {
    let lines = loaded("issuers: [\(text)]").lines
    #expect(lines.count == 1)
    #expect(lines.first?.contains(problem) == true, "\(lines)")
  }

  @Test func `count as proof for callers from other machines`() {
    #expect(
      loaded("listen: 0.0.0.0:1\nissuers: {issuer: \"https://a.example\", audience: a}").lines == []
    )
  }

  @Test func `come from the environment too`() {
    let environment = ["OIDC_ISSUER_URL": "https://a.example/"]
    let issuers = loaded("listen: 127.0.0.1:1", environment).settings?.callers.issuers
    #expect(issuers?.map(\.audiences) == [["https://a.example/"]])
    let named = environment.merging(["OIDC_AUDIENCE": "me"]) { $1 }
    #expect(loaded(nil, named).settings?.callers.issuers.map(\.audiences) == [["me"]])
    #expect(loaded(nil, ["OIDC_ISSUER_URL": "http://10.0.0.1"]).lines.count == 1)
  }

  @Test func `tell what changed of them`() throws {
    func settings(_ text: String) throws -> Settings { try #require(loaded(text).settings) }
    let none = try settings("open_relay: false")
    let one = try settings(
      "open_relay: false\nissuers: {issuer: \"https://a.example\", audience: a}")
    let two = try settings(
      "open_relay: false\nissuers: {issuer: \"https://a.example\", audience: b}")
    #expect(one.diff(from: none) == ["issuer https://a.example added"])
    #expect(two.diff(from: one) == ["issuer https://a.example changed"])
    #expect(none.diff(from: two) == ["issuer https://a.example removed"])
  }
}
