internal import Dialects

/// What the end of an attempt says of the health of its deployment.
enum Verdict: Sendable, Equatable {
  /// It gave what it was asked for.
  case success
  /// It said no to this request, and so it lives.
  case answered
  /// Nothing was learnt: the client left, the operator ended it, or it was never asked.
  case nothing
  /// It has enough for now.
  case limited(retryAfterSeconds: Int?, String)
  /// It failed.
  case fault(String)

  /// Only what the server did counts: never what the client sent, nor that it left.
  init(_ failure: Failure, isCancelled: Bool, forwardsCredential: Bool) {
    guard !isCancelled, failure.origin == .upstream else {
      self = .nothing
      return
    }
    let reason = "\(failure.status) \(failure.message.prefix(200))"
    switch failure.kind {
    case .rateLimited, .billing:
      self = .limited(retryAfterSeconds: failure.retryAfterSeconds, reason)
    case .overloaded where failure.retryAfterSeconds != nil:
      self = .limited(retryAfterSeconds: failure.retryAfterSeconds, reason)
    case .overloaded, .timeout, .unreachable, .cut, .upstream: self = .fault(reason)
    // A credential of the client's own says nothing of the place, ours does.
    case .authentication, .permission: self = forwardsCredential ? .answered : .fault(reason)
    case .invalidRequest, .notFound, .methodNotAllowed, .tooLarge, .contextOverflow,
      .contentFiltered:
      self = .answered
    case .internal: self = .nothing
    }
  }
}

extension Ending {
  /// What the end of an exchange says of the deployment of its last attempt.
  func verdict(hasOutput: Bool, forwardsCredential: Bool) -> Verdict {
    switch self {
    case .completed(let status):
      // A passage shows the refusal of its backend as it came.
      if status == 429 { return .limited(retryAfterSeconds: nil, "429") }
      return status >= 500 ? .fault("\(status)") : status >= 400 ? .answered : .success
    case .refused(let failure), .broken(let failure):
      return Verdict(failure, isCancelled: false, forwardsCredential: forwardsCredential)
    case .clientGone, .killed: return hasOutput ? .success : .nothing
    }
  }
}
