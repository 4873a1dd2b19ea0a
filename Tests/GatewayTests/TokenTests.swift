import ControlPlane
import Dialects
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite struct `A token` {
  private let upstream: ScriptedUpstream
  private let trial: TokenTrial
  private let issuer: Settings.Issuer

  init() throws {
    upstream = try ScriptedUpstream { _ in TokenTrial.keys() }
    trial = try TokenTrial()
    issuer = TokenTrial.issuer(upstream)
  }

  @Test(arguments: TokenSpecimens.tokens.map(\.algorithm))
  func `signed in each way opens the gate`(algorithm: String) async throws {
    let token = try #require(TokenSpecimens.tokens.first { $0.algorithm == algorithm }).token
    #expect(TokenDesk.looksLikeToken(token))
    let verified = try await trial.verified(token, issuer)
    #expect(verified.subject == "user-1")
    #expect(verified.owner == "token:https://issuer.example#user-1")
    #expect(verified.terms == KeyTerms())
    // The same again costs no second look.
    #expect(try await trial.verified(token, issuer) == verified)
    #expect(upstream.requests.map(\.target) == ["/keys"])
  }

  @Test(arguments: TokenSpecimens.tokens.map(\.algorithm))
  func `that was touched anywhere opens nothing`(algorithm: String) async throws {
    let token = try #require(TokenSpecimens.tokens.first { $0.algorithm == algorithm }).token
    var bytes = Array(token.utf8)
    for at in stride(from: 0, to: bytes.count, by: 5) {
      let before = bytes[at]
      bytes[at] = before == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let outcome = await trial.outcome(String(decoding: bytes, as: UTF8.self), issuer)
      #expect(outcome.hasPrefix("401 this token "), "\(at): \(outcome)")
      bytes[at] = before
    }
    for count in stride(from: 0, to: token.utf8.count, by: 11) {
      #expect(await trial.outcome(String(token.prefix(count)), issuer).hasPrefix("401 "))
    }
  }

  @Test(arguments: [
    (#"{"alg":"none"}"#, "is signed in no way"),
    (#"{"alg":"None","kid":"rsa"}"#, "is signed in no"),
    (#"{"alg":"HS256","kid":"rsa"}"#, "is signed in no way"),
    (#"{"alg":"PS256","kid":"rsa"}"#, "is signed in no way"),
    (#"{"kid":"rsa"}"#, "is signed in no"),
    (#"{"alg":["RS256"],"kid":"rsa"}"#, "is signed in no way"),
    (#"{"alg":"RS256","kid":"rsa","alg":"none"}"#, "says something twice"),
    (#"{"alg":"RS256","kid":"rsa","\u0061lg":"none"}"#, "says something twice"),
    (#"{"alg":"RS256","kid":"other"}"#, "is signed with a key that its issuer does not publish"),
    (#"{"alg":"RS256","kid":"P-256"}"#, "is signed with a key that its issuer does not publish"),
    (#"{"alg":"ES256","kid":"rsa"}"#, "is signed with a key that its issuer does not publish"),
    (#"{"alg":"ES256","kid":"P-256"}"#, "has a signature that does not prove it"),
    (#"{"alg":"RS512","kid":"rsa"}"#, "has a signature that does not prove it"),
    (#"{"alg":"RS256","kid":"rsa","jwk":{"kty":"RSA"}}"#, "brings its own key"),
    (#"{"alg":"RS256","kid":"rsa","jku":"https://evil.example/k"}"#, "brings its own key"),
    (#"{"alg":"RS256","kid":"rsa","x5u":"https://evil.example/k"}"#, "brings its own key"),
    (#"{"alg":"RS256","kid":"rsa","x5c":["MII"]}"#, "brings its own key"),
    (#"{"alg":"RS256","kid":"rsa","j\u0077k":null}"#, "brings its own key"),
    (#"{"alg":"RS256","kid":"rsa","crit":["exp"]}"#, "asks for what is not understood"),
    (#"{"alg":"RS256","kid":"rsa","b64":false}"#, "asks for what is not understood"),
    (#"{"alg":"RS256","kid":"rsa","typ":"logout+jwt"}"#, "is of another type"),
    (#"{"alg":"RS256","kid":"rsa","typ":7}"#, "is of no known type"),
    (#"{"alg":"RS256","kid":7}"#, "names no key"), (#"{"alg":"RS256","kid":""}"#, "names no key"),
    (#"["RS256"]"#, "has a header that is no object"), ("{", "has a header that is no object"),
  ])
  func `whose header asks for trust is refused`(header: String, refusal: String) async throws {
    let token = try TokenTrial.token(header: header, claims: TokenTrial.claims())
    #expect(await trial.outcome(token, issuer).hasPrefix("401 this token \(refusal)"))
  }

  @Test(arguments: [
    #"{"alg":"RS256","kid":"rsa","typ":"JWT"}"#, #"{"alg":"RS256","kid":"rsa","typ":"at+jwt"}"#,
    #"{"alg":"RS256","kid":"rsa","typ":"application/at+JWT"}"#, #"{"alg":"RS256"}"#,
  ])
  func `with a plain header is taken`(header: String) async throws {
    let token = try TokenTrial.token(header: header, claims: TokenTrial.claims())
    #expect(await trial.outcome(token, issuer) == "user-1")
  }

  @Test func `signed by another key of the same name is forged`() async throws {
    let weak = try TokenTrial.token(claims: TokenTrial.claims(), key: ThrowawayKey.pem)
    #expect(
      await trial.outcome(weak, issuer) == "401 this token has a signature that does not prove it")
    let parts = try TokenTrial.token(claims: TokenTrial.claims()).split(separator: ".")
    let other = try TokenTrial.token(claims: TokenTrial.claims(["sub": "\"root\""]))
      .split(separator: ".")
    let mixed = "\(parts[0]).\(other[1]).\(parts[2])"
    #expect(
      await trial.outcome(mixed, issuer) == "401 this token has a signature that does not prove it")
  }

  @Test(
    arguments: [
      (["iss": "\"https://evil.example\""], "is from an issuer that is not trusted here"),
      (["iss": "\"https://issuer.example/\""], "is from an issuer that is not trusted here"),
      (["iss": nil], "is from an issuer that is not trusted here"),
      (["aud": "\"other\""], "is for somebody else"), (["aud": nil], "is for somebody else"),
      (["aud": "\"ANYLLM\""], "is for somebody else"), (["aud": "[]"], "is for somebody else"),
      (["aud": "{\"anyllm\":1}"], "is for somebody else"),
      (["exp": nil], "has not the claim `exp`"),
      (["exp": "\"1740787500\""], "has not the claim `exp`"),
      (["exp": "1e300"], "has not the claim `exp`"), (["exp": "-1"], "has not the claim `exp`"),
      (["exp": "1740787040"], "has expired"), (["exp": "0"], "has expired"),
      (["nbf": "1740787161"], "is not valid yet"), (["iat": "1740787161"], "is not valid yet"),
      (["nbf": "null"], "has not the claim `nbf`"), (["nbf": "\"0\""], "has not the claim `nbf`"),
      (["sub": nil], "has not the claim `sub`"), (["sub": "\"\""], "has not the claim `sub`"),
      (["sub": "7"], "has not the claim `sub`"),
    ] as [([String: String?], String)])
  func `whose claims do not hold is refused`(changes: [String: String?], refusal: String)
    async throws
  {
    let token = try TokenTrial.token(claims: TokenTrial.claims(changes))
    #expect(await trial.outcome(token, issuer).hasPrefix("401 this token \(refusal)"))
  }

  @Test(arguments: [
    ["exp": "1740787041"], ["exp": "1740787500.5"], ["nbf": "1740787160"], ["iat": "1740787160"],
    ["aud": #"["x","anyllm"]"#], ["extra": #"{"a":[1,{"b":null}]}"#],
  ])
  func `within the leeway and among others is taken`(changes: [String: String]) async throws {
    let token = try TokenTrial.token(claims: TokenTrial.claims(changes.mapValues { $0 }))
    #expect(await trial.outcome(token, issuer) == "user-1")
  }

  @Test func `that says a claim twice is refused`() async throws {
    let twice = TokenTrial.claims().dropLast() + #","sub":"root"}"#
    let token = try TokenTrial.token(claims: String(twice))
    #expect(await trial.outcome(token, issuer) == "401 this token says something twice")
  }

  @Test func `that was good ends when its time is over`() async throws {
    let token = try TokenTrial.token(claims: TokenTrial.claims())
    #expect(await trial.outcome(token, issuer) == "user-1")
    trial.pass(seconds: 459)
    #expect(await trial.outcome(token, issuer) == "user-1")
    trial.pass(seconds: 1)
    #expect(await trial.outcome(token, issuer) == "401 this token has expired")
  }

  @Test func `that was good opens nothing when its issuer is no longer trusted`() async throws {
    let token = try TokenTrial.token(claims: TokenTrial.claims())
    #expect(await trial.outcome(token, issuer) == "user-1")
    let stricter = TokenTrial.issuer(upstream) { $0.audiences = ["elsewhere"] }
    #expect(await trial.outcome(token, stricter) == "401 this token is for somebody else")
  }

  @Test(arguments: ["RS256", "ES256", "EdDSA"])
  func `is taken in the ways that its issuer is told to use only`(algorithm: String) async throws {
    let narrow = TokenTrial.issuer(upstream) { $0.algorithms = [.es256] }
    let token = try #require(TokenSpecimens.tokens.first { $0.algorithm == algorithm }).token
    let outcome = await trial.outcome(token, narrow)
    #expect(
      outcome
        == (algorithm == "ES256" ? "user-1" : "401 this token is signed in no way that is taken"))
  }

  @Test func `too large is not looked at`() async throws {
    let huge = TokenTrial.claims(["x": "\"" + String(repeating: "x", count: 12 << 10) + "\""])
    let token = try TokenTrial.token(claims: huge)
    #expect(await trial.outcome(token, issuer) == "401 this token is larger than 12 KiB")
    #expect(upstream.requests.isEmpty)
  }

  @Test func `gives its groups the terms that are theirs`() async throws {
    let issuer = TokenTrial.issuer(upstream) {
      $0.groupsClaim = "realm_access.roles"
      $0.nameClaim = "email"
      $0.groups = [
        .init(name: "admins", terms: KeyTerms(requestsPerMinute: 9)),
        .init(name: "staff", terms: KeyTerms(requestsPerMinute: 3)),
      ]
      $0.requiredClaims = [.init(name: "hd", values: ["a.example", "b.example"])]
    }
    func verified(_ roles: String, hd: String = #""b.example""#) async throws -> VerifiedToken {
      try await trial.verified(
        TokenTrial.token(
          claims: TokenTrial.claims([
            "realm_access": "{\"roles\":\(roles)}", "email": #""a\n@b.\u202ec""#, "hd": hd,
          ])), issuer)
    }
    let staff = try await verified(#"["x","staff"]"#)
    #expect(staff.terms.requestsPerMinute == 3)
    #expect(staff.name == "a@b.c")
    #expect(staff.subject == "user-1")
    #expect(try await verified(#"["staff","admins"]"#).terms.requestsPerMinute == 9)
    await #expect(throws: Failure.self) { try await verified(#"["x"]"#) }
    do {
      _ = try await verified("[]")
    } catch let failure as Failure {
      #expect(failure.status == 403)
    }
    await #expect(throws: Failure.self) { try await verified(#"["staff"]"#, hd: #""c.example""#) }
  }

  @Test(arguments: [
    "", "sk-anyllm-0123456789abcdef0123456789abcdef", "a.b.c", "eyJ.eyJ.x",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "eyJhbGciOiJub25lIn0..eyJzdWIiOiIxIn0abcdefgh",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.a.bcdefghijkl", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0=.abc",
    "sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbb.cccccccccc",
  ])
  func `is not seen in what is none`(credential: String) {
    #expect(!TokenDesk.looksLikeToken(credential))
  }
}
