import Dialects
import Synchronization
import TestSupport
import Transport

@testable import Gateway

/// A loop, a client and a clock for one test of credentials, and all that they are found in.
final class CredentialTrial: Sendable {
  static let begin: Int64 = 1_740_787_198

  let loop: EventLoop
  let client: UpstreamClient
  private let clock = Mutex(CredentialTrial.begin)
  private let files = Mutex<[String: String]>([:])

  init() throws {
    loop = try EventLoop(name: "credentials")
    client = UpstreamClient(loop: loop)
  }

  deinit {
    client.close()
    loop.stop()
  }

  func pass(seconds: Int64) {
    clock.withLock { $0 += seconds }
  }

  func write(_ text: String, to path: String) {
    files.withLock { $0[path] = text }
  }

  /// Every vendor is at the one upstream.
  func surroundings(
    _ environment: [String: String] = [:], upstream: ScriptedUpstream? = nil
  ) -> CredentialSurroundings {
    var places = CredentialSurroundings.Places()
    let base = upstream?.baseURL ?? "http://127.0.0.1:1"
    places.amazonContainer = base
    places.amazonInstance = base
    places.amazonTokens = base + "/sts"
    places.googleInstance = base
    places.googleTokens = base + "/google"
    places.azureTokens = base
    places.azureInstance = base
    return CredentialSurroundings(
      environment: EnvironmentTable(process: environment), homeDirectory: "/home/me",
      readFile: { path in
        self.files.withLock { $0[path] }.map { .bytes(Array($0.utf8)) } ?? .missing
      },
      now: { self.clock.withLock { $0 } }, places: places)
  }

  /// A request after it was authorized.
  func authorized(
    by source: CredentialSource?, cancellation: Cancellation = Cancellation()
  ) async throws -> UpstreamRequest {
    guard let source else { throw StubFailure(what: "no source") }
    let client = client
    return try await withCheckedThrowingContinuation { continuation in
      loop.run {
        var request = UpstreamRequest(
          url: "https://api.example/model/m%3A0/invoke",
          fields: ["content-type": "application/json"], body: Array("{}".utf8))
        do throws(Failure) {
          try await source.authorize(&request, by: client, cancellation: cancellation)
          continuation.resume(returning: request)
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  /// Authorizes requests until one is as expected: a fetch behind them takes its time.
  func authorized(
    by source: CredentialSource?, until isExpected: (UpstreamRequest) -> Bool
  ) async throws {
    let patience = ContinuousClock.now + .seconds(60)
    while try await !isExpected(authorized(by: source)) {
      guard ContinuousClock.now < patience else { throw StubFailure(what: "no new grant") }
      await Task.yield()
    }
  }

  /// The one field that an authorization is in.
  func authorization(by source: CredentialSource?) async throws -> String {
    try await authorized(by: source).fields.first("authorization") ?? "none"
  }

  /// Why there was no authorization.
  func refusal(by source: CredentialSource?) async -> Failure? {
    do {
      _ = try await authorized(by: source)
      return nil
    } catch {
      return error as? Failure
    }
  }
}

extension UpstreamRequest {
  /// The access key that signed, when the secret is this one and everything matches.
  func signer(secret: String) throws -> String {
    let path = url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }
    let head = RequestHead(
      method: method, path: String(path), fields: fields, peer: .ip("127.0.0.1", port: 1))
    guard let claim = try SigV4Claim(head) else { return "nobody" }
    try claim.verify(secret: secret, body: body)
    return claim.accessKeyID
  }
}

extension RecordedRequest {
  /// A field of the form that was sent.
  func form(_ name: String) -> String? {
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.first.map(String.init) == name {
        return URIEncoding.text(parts.count > 1 ? parts[1] : "")
      }
    }
    return nil
  }
}
