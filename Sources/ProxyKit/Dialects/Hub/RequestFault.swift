/// What is wrong with a request, and where in it.
///
/// The path grows on the way out, so that a request without faults pays nothing for it.
struct RequestFault: Error {
  var path: String
  var reason: String

  init(_ reason: String, at path: String = "") {
    self.path = path
    self.reason = reason
  }

  func under(_ step: String) -> RequestFault {
    RequestFault(reason, at: path.isEmpty ? step : "\(step).\(path)")
  }

  func under(_ index: Int) -> RequestFault { under(String(index)) }

  var failure: Failure {
    guard !path.isEmpty else { return .invalid(reason) }
    return .invalid("\(path): \(reason)", parameter: path)
  }
}
