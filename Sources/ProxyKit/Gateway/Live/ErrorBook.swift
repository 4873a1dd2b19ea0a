internal import ControlPlane
internal import Dialects

/// Failures grouped by backend, kind, status and message without its numbers; bounded.
struct ErrorBook: Sendable {
  private let limit: Int
  private(set) var groups: [ErrorGroup] = []

  init(limit: Int) {
    self.limit = limit
  }

  /// Counts a failure; the group that was met last stands first.
  mutating func add(_ failure: Failure, backend: String, requestID: String, atMs: Int64) {
    let message = Self.withoutNumbers(failure.message)
    let known = groups.firstIndex {
      $0.backend == backend && $0.kind == failure.kind.rawValue && $0.status == failure.status
        && $0.message == message
    }
    var group =
      known.map { groups.remove(at: $0) }
      ?? ErrorGroup(
        backend: backend, kind: failure.kind.rawValue, status: failure.status, count: 0,
        firstAtMs: atMs, lastAtMs: atMs, message: message, lastRequestID: requestID)
    group.count += 1
    group.lastAtMs = atMs
    group.lastRequestID = requestID
    groups.insert(group, at: 0)
    if groups.count > limit { groups.removeLast() }
  }

  private static func withoutNumbers(_ message: String) -> String {
    var out = ""
    var wasDigit = false
    for scalar in message.unicodeScalars.prefix(300) {
      let isDigit = ("0"..."9").contains(scalar)
      if !isDigit { out.unicodeScalars.append(scalar) } else if !wasDigit { out += "#" }
      wasDigit = isDigit
    }
    return out
  }
}
