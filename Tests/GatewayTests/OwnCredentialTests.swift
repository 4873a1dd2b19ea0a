import ControlPlane
import Dialects
import Storage
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite struct `A client's own credential` {
  private static let install = [UInt8](repeating: 7, count: 32)
  private static let stored = "sk-anyllm-stored-0123456789"
  private static let revoked = "sk-anyllm-revoked-0123456789"
  private static let fixed = "sk-static-0123456789"
  private static let own = "sk-ant-own-0123456789"

  private let keys = KeyRing(
    secret: install,
    callers: Settings.Callers(
      staticKeys: [
        .init(name: "a", secret: Secret(fixed)),
        .init(name: "pair", secret: Secret("sk-pair-0123456789"), accessKeyID: "AKIA1"),
      ], openRelay: false),
    stored: [
      StoredKey(
        id: 1, name: "s", prefix: "sk", digest: HMACKey(install).digest(of: stored).bytes,
        createdAtMs: 0),
      StoredKey(
        id: 2, name: "r", prefix: "sk", digest: HMACKey(install).digest(of: revoked).bytes,
        createdAtMs: 0, revokedAtMs: 1),
    ])

  private func sent(
    _ fields: [(String, String)], _ proof: Caller.Proof,
    issuers: [Settings.Issuer] = []
  ) -> [String] {
    let head = RequestHead(
      method: "POST", path: "/v1/messages", fields: HTTPFields(fields),
      peer: .ip("127.0.0.1", port: 1))
    return OwnCredentials.forwardable(head, keys: keys, proof: proof, issuers: issuers)
      .map { "\($0.name): \($0.value)" }
  }

  @Test func `travels on where nobody needs a key`() {
    #expect(
      sent([("Authorization", "Bearer \(Self.own)")], .openRelay) == [
        "authorization: Bearer \(Self.own)"
      ])
    #expect(sent([("X-Api-Key", Self.own)], .openRelay) == ["x-api-key: \(Self.own)"])
    #expect(sent([("x-goog-api-key", Self.own), ("cookie", "a")], .openRelay) == [])
  }

  @Test func `travels on beside a static key, which does not`() {
    let bearer = ("authorization", "Bearer \(Self.own)")
    #expect(
      sent([("x-api-key", Self.fixed), bearer], .staticKey) == [
        "authorization: Bearer \(Self.own)"
      ])
    #expect(sent([("x-api-key", Self.fixed)], .staticKey) == [])
    #expect(sent([("authorization", "bearer  \(Self.fixed)")], .staticKey) == [])
    #expect(
      sent([("x-api-key", Self.fixed), ("authorization", "Bearer \(Self.fixed)")], .staticKey)
        == [])
  }

  @Test func `travels on when ours came in a header of its own`() {
    let gate = ("x-anyllm-key", Self.stored)
    let bearer = ("authorization", "Bearer \(Self.own)")
    #expect(sent([gate, bearer], .storedKey(1)) == ["authorization: Bearer \(Self.own)"])
    #expect(
      sent([gate, ("x-api-key", Self.own)], .token(owner: "x")) == ["x-api-key: \(Self.own)"])
    #expect(sent([gate, ("x-api-key", Self.stored)], .storedKey(1)) == [])
    #expect(sent([("x-api-key", Self.stored), bearer], .storedKey(1)) == [])
    #expect(sent([bearer], .token(owner: "x")) == [])
  }

  @Test(arguments: [
    stored, revoked, fixed, "sk-pair-0123456789",
    "AWS4-HMAC-SHA256 Credential=AKIA1/20250101/us-east-1/bedrock/aws4_request",
  ])
  func `is never one of ours, whoever sends it`(credential: String) {
    for proof in [Caller.Proof.openRelay, .staticKey] {
      #expect(sent([("x-api-key", credential)], proof) == [])
      #expect(sent([("authorization", credential)], proof) == [])
      #expect(sent([("authorization", "BEARER \(credential)")], proof) == [])
      #expect(sent([("x-anyllm-key", Self.fixed), ("authorization", credential)], proof) == [])
    }
  }

  @Test func `is no token that opens our gate`() throws {
    let token = try #require(TokenSpecimens.tokens.first).token
    let issuers = [Settings.Issuer(issuer: TokenSpecimens.issuer, audiences: ["anyllm"])]
    let fields = [("x-anyllm-key", Self.fixed), ("authorization", "Bearer \(token)")]
    #expect(sent(fields, .staticKey, issuers: issuers) == [])
    #expect(sent(fields, .staticKey).count == 1)
    let others = [Settings.Issuer(issuer: "https://other.example", audiences: [])]
    #expect(sent(fields, .staticKey, issuers: others).count == 1)
  }

  @Test func `that is said twice is nobody's`() {
    #expect(sent([("x-api-key", Self.own), ("X-API-Key", Self.stored)], .openRelay) == [])
  }

  @Test func `reaches only a backend that takes it, in place of ours`() throws {
    let own: HTTPFields = ["authorization": "Bearer \(Self.own)"]
    var backend = Settings.Backend(
      name: "claude", kind: .anthropic, baseURL: "https://api.anthropic.com/v1",
      apiKey: Secret("sk-operator"))
    func fields() -> HTTPFields {
      Deployment(backend: backend, model: "m").request(
        [], betas: [], client: ["authorization": "Bearer \(Self.stored)", "x-api-key": Self.fixed],
        own: own, streams: false
      ).fields
    }
    #expect(fields().first("x-api-key") == "sk-operator")
    #expect(!fields().contains("authorization"))
    backend.forwardClientAuthorization = true
    #expect(fields().all("authorization") == ["Bearer \(Self.own)"])
    #expect(!fields().contains("x-api-key"))
  }
}
