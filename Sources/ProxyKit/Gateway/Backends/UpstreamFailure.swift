internal import Dialects
internal import Transport

extension Failure {
  /// The one conversion from what the wire reports to what an exchange decides by.
  init(_ failure: TransportFailure, backend: String) {
    let place = "backend `\(backend)`: \(failure.message)"
    switch failure.kind {
    case .refused, .unresolvable, .connectTimeout, .tls:
      self.init(.unreachable, origin: .upstream, status: 502, retry: .sameDeployment, place)
    case .firstByteTimeout, .idleTimeout:
      self.init(.timeout, origin: .upstream, status: 504, retry: .otherDeployment, place)
    case .reset, .truncated:
      self.init(.cut, origin: .upstream, status: 502, retry: .sameDeployment, place)
    case .malformed:
      self.init(.upstream, origin: .upstream, status: 502, retry: .otherDeployment, place)
    case .cancelled:
      self.init(.internal, origin: .proxy, status: 503, "the request was ended by the operator")
    case .address, .local:
      self.init(.internal, origin: .proxy, status: 500, retry: .otherDeployment, place)
    }
  }
}
