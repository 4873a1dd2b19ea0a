internal import ControlPlane
internal import Dialects
internal import Transport

/// Asks a deployment for one token, on the road and with the credential of every other request.
struct BackendProbe {
  private static let mostReplyBytes = 1 << 20

  let house: House
  let deployment: Deployment
  /// One of the loops that serve clients, for the connections live there.
  let loop: EventLoop

  /// How it went.
  struct Finding: Sendable {
    var status: Int
    var milliseconds: Int
    /// What went wrong; nil when it answered.
    var failure: Failure?

    /// Whether the server is there and lets us in, be the question to its taste or not.
    var isAlive: Bool {
      guard let failure else { return true }
      switch Verdict(failure, isCancelled: false, forwardsCredential: false) {
      case .success, .answered, .limited, .nothing: return true
      case .fault: return false
      }
    }
  }

  func run(within limit: Duration) async -> Finding {
    let start = ContinuousClock.now
    let cancellation = Cancellation()
    let timer = loop.every(limit) { cancellation.cancel() }
    defer { timer.cancel() }
    var failure: Failure?
    var status = 200
    do throws(Failure) {
      status = try await ask(cancellation)
    } catch {
      failure =
        cancellation.isCancelled
        ? Failure(
          .timeout, origin: .upstream, status: 504,
          "backend `\(deployment.backend.name)` gave no answer in time") : error
      status = failure?.status ?? 502
    }
    return Finding(
      status: status, milliseconds: start.milliseconds(to: .now), failure: failure)
  }

  private func ask(_ cancellation: Cancellation) async throws(Failure) -> Int {
    guard deployment.backend.kind != .demo else { return 200 }
    var question = Conversation(origin: deployment.dialect, model: deployment.model)
    question.turns = [Turn(.user, [Block(.text(JSONText(".")))])]
    // Responses knows no smaller answer.
    question.maximumTokens = deployment.dialect == .responses ? 16 : 1
    let encoded = try deployment.dialect.codec.encodeRequest(question, for: deployment.target)
    var body = encoded.body
    var betas = encoded.betas
    if let cloud = deployment.surface.envelope, let document = try? JSONDocument(body) {
      let letter = try AnthropicEnvelope.seal(document, for: cloud, betas: betas)
      body = letter.body
      betas = letter.betas
    }
    let reply = try await house.send(
      deployment.request(body, betas: betas, client: HTTPFields(), streams: false),
      to: deployment, on: loop, cancellation: cancellation)
    let bytes: [UInt8]
    do {
      bytes = try await reply.readWhole(limit: Self.mostReplyBytes)
    } catch {
      throw Failure(error, backend: deployment.backend.name)
    }
    guard reply.status / 100 == 2 else {
      throw deployment.surface.decodeFailure(
        status: reply.status, errorType: reply.fields.first("x-amzn-errortype"), bytes)
    }
    return reply.status
  }
}
