internal import Transport

/// Where an upstream's reply comes from: the network, or the demo model inside the process.
protocol ReplySource: Sendable {
  var status: Int { get }
  var fields: HTTPFields { get }
  func next(within: Duration) async throws(TransportFailure) -> UpstreamResponse.Received
  /// The rest of the body when all of it has come and is no longer than `limit`.
  func takeWhole(limit: Int) -> [UInt8]?
  func cancel()
}

extension UpstreamResponse: ReplySource {}

extension ReplySource {
  /// Reads everything that is still to come, up to a bound.
  func readWhole(limit: Int) async throws(TransportFailure) -> [UInt8] {
    if let whole = takeWhole(limit: limit) { return whole }
    var whole: [UInt8] = []
    while true {
      switch try await next(within: .seconds(60)) {
      case .bytes(let piece):
        guard whole.count + piece.count <= limit else {
          cancel()
          throw TransportFailure(
            .malformed, "the upstream's reply is larger than \(limit >> 20) MiB")
        }
        if whole.isEmpty { whole = piece } else { whole += piece }
      case .silence: continue
      case .end: return whole
      }
    }
  }
}
