import ControlPlane

/// Looks at everything between this program and a gateway that serves.
struct Doctor {
  /// One check and what it found.
  struct Finding: Encodable, Equatable {
    enum Result: String, Encodable { case ok, warn, fail }

    var result: Result
    var check: String
    var detail: String
    /// What to do about it; empty when nothing is.
    var fix = ""
  }

  private let session: Session

  init(_ session: Session) {
    self.session = session
  }

  func report() -> Report {
    let findings = findings()
    var report = Report.list(
      findings, "findings",
      columns: [
        .word("RESULT", 1), .word("CHECK", 1), .flexible("DETAIL", 2), .word("FIX", 3),
      ],
      name: \.check
    ) { finding in
      [
        Cell(
          finding.result == .fail ? "FAIL" : finding.result.rawValue,
          value: finding.result.rawValue, tone: Self.tone(finding.result)),
        Cell(finding.check), Cell(finding.detail), Cell(finding.fix),
      ]
    }
    if findings.contains(where: { $0.result == .fail }) { report.exit = .checkFailed }
    // A terminal may have cut the remedies; they matter most.
    if session.console.isOutTerminal {
      report.notes = findings.filter { !$0.fix.isEmpty }.map { "\($0.check): \($0.fix)" }
    }
    return report
  }

  private func findings() -> [Finding] {
    var findings: [Finding] = []
    do throws(CommandFailure) {
      let path = try session.findSocket()
      findings.append(Finding(result: .ok, check: "socket", detail: path))
      findings += rights(path)
      let client = try session.client()
      let snapshot = try session.ask(.status, of: client) { answer in
        if case .status(let snapshot) = answer { snapshot } else { nil }
      }
      findings.append(
        Finding(result: .ok, check: "gateway", detail: "answers, version \(snapshot.version)"))
      findings += gateway(snapshot, client)
    } catch {
      let check = findings.isEmpty ? "socket" : "gateway"
      findings.append(
        Finding(
          result: .fail, check: check,
          detail: error.message.split(separator: "\n  ").joined(separator: "; "), fix: error.hint))
    }
    return findings + [terminal()]
  }

  /// Whether only we can reach the socket.
  private func rights(_ path: String) -> [Finding] {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    guard let socket = FileFacts(path: path), let place = FileFacts(path: directory) else {
      return []
    }
    func finding(_ check: String, _ facts: FileFacts, _ path: String, _ wanted: UInt32) -> Finding {
      let mode = String(facts.mode, radix: 8)
      let isRight = facts.mode & 0o077 == 0
      return Finding(
        result: isRight ? .ok : .warn, check: check,
        detail: "mode \(mode), owner \(facts.owner)",
        fix: isRight ? "" : "chmod \(String(wanted, radix: 8)) \(Shell.quoted(path))")
    }
    return [
      finding("socket rights", socket, path, 0o600),
      finding("directory rights", place, directory, 0o700),
    ]
  }

  private func gateway(_ snapshot: LiveSnapshot, _ client: ControlClient) -> [Finding] {
    var findings: [Finding] = []
    let isSame = snapshot.version == Release.version
    findings.append(
      Finding(
        result: isSame ? .ok : .warn, check: "versions",
        detail: "gateway \(snapshot.version), anyllmctl \(Release.version)",
        fix: isSame ? "" : "Install both from the same release."))
    let serves = snapshot.state == .serving
    findings.append(
      Finding(
        result: serves ? .ok : snapshot.state == .degraded ? .warn : .fail, check: "state",
        detail: snapshot.state.rawValue, fix: serves ? "" : "See `anyllmctl status`."))
    for address in snapshot.listening where !address.hasPrefix("unix:") {
      let isOpen = Loopback.answers(address)
      findings.append(
        Finding(
          result: isOpen ? .ok : .fail, check: "listener \(address)",
          detail: isOpen ? "takes connections" : "takes no connections from here",
          fix: isOpen ? "" : "Look for a firewall, or for another program on that port."))
    }
    for backend in snapshot.backends {
      findings.append(finding(backend))
    }
    if snapshot.backends.isEmpty {
      findings.append(
        Finding(
          result: .fail, check: "backends", detail: "there are none",
          fix: "Name one in the configuration, then `anyllmctl config reload`."))
    }
    return findings
  }

  private func finding(_ backend: BackendStatus) -> Finding {
    let result: Finding.Result =
      switch backend.health {
      case .up: .ok
      case .down: .fail
      case .degraded, .draining, .off, .unknown: .warn
      }
    let error = backend.lastError.map { ", last error: \($0)" } ?? ""
    return Finding(
      result: result, check: "backend \(backend.name)",
      detail: "\(backend.health.rawValue)\(result == .ok ? "" : error)",
      fix: result == .fail ? "Check \(backend.baseURL) and its credential." : "")
  }

  private func terminal() -> Finding {
    let name = session.environment["TERM"] ?? ""
    let locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { session.environment[$0] }
      .first { !$0.isEmpty } ?? ""
    let isUnicode = locale.lowercased().contains("utf")
    let isUsable = !name.isEmpty && name != "dumb"
    return Finding(
      result: isUnicode && isUsable ? .ok : .warn, check: "terminal",
      detail: "TERM=\(name), locale \(locale.isEmpty ? "unset" : locale)",
      fix: isUnicode
        ? (isUsable ? "" : "Set TERM, or run anyllm-tui --headless.")
        : "Set LANG=C.UTF-8 for the dashboard's lines and graphs.")
  }

  private static func tone(_ result: Finding.Result) -> Tone {
    switch result {
    case .ok: .good
    case .warn: .warning
    case .fail: .bad
    }
  }
}
