import Dialects
import Synchronization
import TestSupport
import Transport

@testable import Gateway

/// A desk, a clock and an issuer for one test of tokens.
final class TokenTrial: Sendable {
  let loop: EventLoop
  let client: UpstreamClient
  let desk: TokenDesk
  private let clock = Clock()

  private final class Clock: Sendable {
    let seconds = Mutex(TokenSpecimens.now)
  }

  init(times: IssuerKeys.Times = .init()) throws {
    loop = try EventLoop(name: "tokens")
    client = UpstreamClient(loop: loop)
    desk = TokenDesk(times: times) { [clock] in clock.seconds.withLock { $0 } }
  }

  deinit {
    client.close()
    loop.stop()
  }

  func pass(seconds: Int64) {
    clock.seconds.withLock { $0 += seconds }
  }

  /// The specimens' issuer, whose keys are at an upstream.
  static func issuer(
    _ upstream: ScriptedUpstream, _ change: (inout Settings.Issuer) -> Void = { _ in }
  ) -> Settings.Issuer {
    var issuer = Settings.Issuer(issuer: TokenSpecimens.issuer, audiences: ["anyllm"])
    issuer.keysURL = upstream.baseURL + "/keys"
    issuer.addresses = AddressPolicy(allowsLoopback: true)
    change(&issuer)
    return issuer
  }

  /// Who the token's bearer is.
  func verified(
    _ token: String, _ issuer: Settings.Issuer...
  ) async throws(Failure) -> VerifiedToken {
    let (desk, client) = (desk, client)
    let outcome = await withCheckedContinuation { continuation in
      loop.run {
        do throws(Failure) {
          let token = try await desk.verify(token, for: issuer, by: client)
          continuation.resume(returning: Result<VerifiedToken, Failure>.success(token))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try outcome.get()
  }

  /// Status and words of a refusal, or whom it let in.
  func outcome(_ token: String, _ issuer: Settings.Issuer) async -> String {
    do {
      return try await verified(token, issuer).subject
    } catch {
      return "\(error.status) \(error.message)"
    }
  }

  /// A token signed with the specimens' key of RSA.
  static func token(
    header: String = #"{"alg":"RS256","kid":"rsa"}"#, claims: String,
    key: String = TokenSpecimens.rsaPEM
  ) throws -> String {
    let message =
      Base64.urlText(Array(header.utf8)) + "." + Base64.urlText(Array(claims.utf8))
    let signature = try RS256.sign(Array(message.utf8), keyPEM: key)
    return message + "." + Base64.urlText(signature)
  }

  /// Good claims, with others in place of what they say or beside it.
  static func claims(_ changes: [String: String?] = [:]) -> String {
    var members: [String: String?] = [
      "iss": "\"\(TokenSpecimens.issuer)\"", "aud": #""anyllm""#, "sub": #""user-1""#,
      "exp": "1740787500",
    ]
    for (name, value) in changes { members[name] = value }
    let text = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
    return "{" + text.sorted().joined(separator: ",") + "}"
  }

  static func keys(_ text: String = TokenSpecimens.keys) -> ScriptedAnswer {
    .json(text)
  }
}
