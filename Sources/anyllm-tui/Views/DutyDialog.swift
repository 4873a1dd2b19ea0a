internal import ControlPlane

/// What the question about a backend's state says.
enum DutyDialog {
  static func content(
    _ question: DutyQuestion, _ model: DashboardModel, isNarrow: Bool
  ) -> (title: String, lines: [String]) {
    let backend = model.snapshot?.backends.first { $0.name == question.backend }
    let verb = question.duty.verb.capitalizedFirst
    let name = String(question.backend.prefix(isNarrow ? 24 : 40))
    let answers = "y \(question.duty.verb)    n / Esc cancel"
    let orphans = (question.orphans ?? []).joined(separator: ", ")
    guard !isNarrow else {
      let warning = orphans.isEmpty ? [] : [String("nowhere: \(orphans)".prefix(34))]
      return (
        "\(verb) backend",
        ["\(verb) \(name)?", "\(backend?.inFlight ?? 0) in flight there."] + warning + [answers]
      )
    }
    var lines = ["\(verb) backend \(name)?", ""]
    lines += effects(of: question.duty, backend).map { "  " + $0 }
    if !orphans.isEmpty {
      lines.append("  Then leads nowhere: \(orphans)")
    }
    return ("\(verb) backend", lines + ["", "            \(answers)"])
  }

  private static func effects(of duty: BackendDuty, _ backend: BackendStatus?) -> [String] {
    let count = backend?.inFlight ?? 0
    let rest =
      switch count {
      case 0: "nothing is in flight there."
      case 1: "1 exchange finishes there."
      default: "\(count) exchanges finish there."
      }
    switch duty {
    case .serving: return ["It is given requests again, at once."]
    case .draining: return ["It is given nothing new; \(rest)"]
    case .off:
      return ["It is given nothing new, its health checks end;", rest]
    }
  }
}

extension String {
  /// The same text as a title begins.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
