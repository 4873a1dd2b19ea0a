import Testing

@testable import Dialects
@testable import Gateway
@testable import Storage
@testable import Transport

@Suite struct `A key ring` {
  private static let secret: [UInt8] = Array(repeating: 7, count: 32)

  private func ring(
    staticKeys: [Settings.StaticKey] = [], stored: [StoredKey] = [], openRelay: Bool = true
  ) -> KeyRing {
    KeyRing(
      secret: Self.secret,
      callers: Settings.Callers(staticKeys: staticKeys, openRelay: openRelay), stored: stored)
  }

  private func stored(
    _ key: String, id: Int64 = 1, expiresAtMs: Int64? = nil, revokedAtMs: Int64? = nil
  ) -> StoredKey {
    StoredKey(
      id: id, name: "stored", prefix: String(key.prefix(8)),
      digest: Digest.hmacSHA256(key: Self.secret, Array(key.utf8)), createdAtMs: 0,
      expiresAtMs: expiresAtMs, revokedAtMs: revokedAtMs)
  }

  private func head(_ fields: HTTPFields, query: String? = nil) -> RequestHead {
    RequestHead(
      method: "POST", path: "/", query: query, fields: fields, peer: .ip("127.0.0.1", port: 1))
  }

  @Test func `finds a key in the query of Google's clients`() throws {
    let ring = ring(stored: [stored("sk-vk0123456789abcdef", id: 42)])
    let query = "alt=sse&key=sk-vk0123456789abcdef"
    #expect(try ring.admit(head([:], query: query), nowMs: 10).caller.keyID == 42)
    #expect(throws: Failure.self) {
      try ring.admit(head([:], query: "key="), nowMs: 10)
    }
  }

  private func refusal(_ ring: KeyRing, _ fields: HTTPFields, nowMs: Int64 = 10) -> Failure? {
    do throws(Failure) {
      _ = try ring.admit(head(fields), nowMs: nowMs)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("x-api-key", "sk-vk0123456789abcdef"), ("X-Api-Key", "sk-vk0123456789abcdef"),
    ("authorization", "Bearer sk-vk0123456789abcdef"),
    ("Authorization", "bearer   sk-vk0123456789abcdef"),
    ("api-key", "sk-vk0123456789abcdef"), ("x-goog-api-key", "sk-vk0123456789abcdef"),
  ])
  func `finds a stored key in every header that clients use`(
    name: String, value: String
  ) throws {
    let ring = ring(stored: [stored("sk-vk0123456789abcdef", id: 42)])
    let caller = try ring.admit(head(HTTPFields([(name, value)])), nowMs: 10).caller
    #expect(caller.keyID == 42)
    #expect(caller.name == "stored")
  }

  @Test func `refuses revoked, expired, unknown and missing keys with their own words`() {
    let key = "sk-vk0123456789abcdef"
    let fields: HTTPFields = ["x-api-key": key]
    let revoked = refusal(ring(stored: [stored(key, revokedAtMs: 5)]), fields)
    let expired = refusal(ring(stored: [stored(key, expiresAtMs: 10)]), fields)
    let unknown = refusal(ring(stored: [stored("sk-vkother0123456789")]), fields)
    let missing = refusal(ring(stored: [stored(key)]), [:])
    #expect([revoked, expired, unknown, missing].allSatisfy { $0?.status == 401 })
    #expect(revoked?.message.contains("revoked") == true)
    #expect(expired?.message.contains("expired") == true)
    #expect(unknown?.message.contains("not known") == true)
    #expect(missing?.message.contains("x-api-key") == true)
  }

  @Test func `never shows a key in its refusal`() {
    let near = "sk-vk0123456789abcdeX"
    let told = refusal(ring(stored: [stored("sk-vk0123456789abcdef")]), ["x-api-key": near])
    #expect(told?.message.contains("0123456789") == false)
  }

  @Test func `admits everybody only while no key exists`() {
    #expect(refusal(ring(), [:]) == nil)
    #expect(refusal(ring(), ["x-api-key": "anything"]) == nil)
    #expect(refusal(ring(stored: [stored("sk-vk0123456789abcdef", revokedAtMs: 1)]), [:]) != nil)
    #expect(
      refusal(
        ring(staticKeys: [Settings.StaticKey(name: "a", secret: Secret("0123456789abcdef"))]), [:])
        != nil)
  }

  @Test func `lets a key be used until the moment it expires`() {
    let key = "sk-vk0123456789abcdef"
    let ring = ring(stored: [stored(key, expiresAtMs: 100)])
    #expect(refusal(ring, ["x-api-key": key], nowMs: 99) == nil)
    #expect(refusal(ring, ["x-api-key": key], nowMs: 100) != nil)
  }

  /// A request that a client of Amazon's signed.
  private func signed(
    by id: String = "AKIDEXAMPLE", with secret: String = "wJalrXUtnFEMI",
    at seconds: Int64 = 1_800_000_000, service: String = "bedrock", body: [UInt8]
  ) -> RequestHead {
    var request = UpstreamRequest(url: "http://gateway/model/a%3A0/invoke", body: body)
    SigV4Signer(
      SigV4Signer.Credentials(accessKeyID: id, secretAccessKey: secret), region: "us-east-1",
      service: service
    ).sign(&request, atSeconds: seconds)
    return RequestHead(
      method: "POST", path: "/model/a%3A0/invoke", fields: request.fields,
      peer: .ip("127.0.0.1", port: 1))
  }

  private var pairRing: KeyRing {
    ring(staticKeys: [
      Settings.StaticKey(
        name: "aws", secret: Secret("wJalrXUtnFEMI"), accessKeyID: "AKIDEXAMPLE")
    ])
  }

  @Test func `takes a signature for what its key pair signed, body included`() throws {
    let now: Int64 = 1_800_000_000_000
    let admission = try pairRing.admit(signed(body: [1, 2]), nowMs: now)
    #expect(admission.caller.name == "aws")
    #expect(throws: Never.self) { try admission.verify([1, 2]) }
    #expect(throws: Failure.self) { try admission.verify([1, 3]) }
  }

  @Test func `refuses signatures of others, of another hour and for another service`() throws {
    let now: Int64 = 1_800_000_000_000
    for head in [
      signed(by: "AKIDOTHER", body: []), signed(at: 1_700_000_000, body: []),
      signed(service: "s3", body: []),
    ] {
      #expect(throws: Failure.self) { try pairRing.admit(head, nowMs: now) }
    }
    let forged = try pairRing.admit(signed(with: "guess", body: []), nowMs: now)
    #expect(throws: Failure.self) { try forged.verify([]) }
    let bare = head(["x-api-key": "wJalrXUtnFEMI"])
    #expect(throws: Failure.self) { try pairRing.admit(bare, nowMs: now) }
  }
}
