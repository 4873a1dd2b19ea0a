internal import ControlPlane
internal import Glibc

/// What the program says on stderr, screen or not.
enum Report {
  static func write(_ text: String) {
    let line = text + "\n"
    var bytes = ArraySlice(Array(line.utf8))
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  static func ready(_ snapshot: LiveSnapshot, socketPath: String?) -> String {
    var words = ["READY"]
    var socket = socketPath
    for address in snapshot.listening {
      if address.hasPrefix("unix:") {
        socket = String(address.dropFirst(5))
      } else if address.hasPrefix("/") {
        socket = address
      } else {
        words.append(address.contains("://") ? address : "http://\(address)")
      }
    }
    if let socket { words.append("socket=\(socket)") }
    return clean(words.joined(separator: " "))
  }

  static func problems(_ problems: [String]) -> String {
    (["anyllm-tui: cannot start"] + problems.map { "  " + clean($0) }).joined(separator: "\n")
  }

  static func reload(_ result: Result<ControlAnswer, ControlFailure>) -> String {
    switch result {
    case .success(.reloaded(let report)) where !report.problems.isEmpty:
      "reload refused: " + report.problems.joined(separator: "; ")
    case .success(.reloaded(let report)):
      "reloaded, generation \(report.generation)"
        + (report.changes.isEmpty ? "" : ": " + report.changes.joined(separator: "; "))
    case .success: "reloaded"
    case .failure(let failure): "reload: \(failure.message)"
    }
  }

  /// Five lines at most: what this run of the gateway has done.
  static func summary(_ snapshot: LiveSnapshot, nowMs: Int64) -> String {
    let totals = snapshot.totals
    var lines = [
      "anyllm-tui: up \(NumberFormat.uptime(milliseconds: nowMs - snapshot.startedAtMs)), "
        + "\(totals.requests) requests, \(totals.failures) failed",
      "  tokens  in \(totals.inputTokens)  out \(totals.outputTokens)"
        + "  from cache \(totals.cacheReadTokens)"
        + "  cost \(NumberFormat.dollars(micro: totals.costMicroDollars))",
    ]
    if !snapshot.errors.isEmpty {
      let kinds = snapshot.errors.prefix(4).map { "\($0.kind) \($0.count)" }
      lines.append("  errors  " + clean(kinds.joined(separator: ", ")))
    }
    if !totals.losses.isEmpty { lines.append("  losses  " + clean(FiguresView.lossText(totals))) }
    if totals.droppedRecords > 0 {
      lines.append("  dropped \(totals.droppedRecords) records that a full queue refused")
    }
    return lines.joined(separator: "\n")
  }

  /// The text without anything that could command a terminal.
  static func clean(_ text: String) -> String { PlainText.cleaned(text) }
}
