internal import ControlPlane

extension Tables {
  static let mappings = Table<MappingSummary>(
    pane: .mappings,
    rows: { $0.mappings?.mappings ?? [] },
    identity: \.pattern,
    fields: { [$0.pattern, $0.target, $0.source] },
    columns: [
      Column("CLIENT MODEL", 16...36, priority: 1) { row, _ in .text(row.pattern, .text) },
      Column("TARGET", 16...Int.max, priority: 1, comfortable: 24) { row, model in
        .text(model.targetText(of: row), .text)
      },
      Column("SOURCE", 11...11, priority: 3) { row, _ in
        .text(row.source, row.source == "runtime" ? .info : .text)
      },
      Column("LIVE", 4...5, priority: 2, isRight: true) { row, _ in
        .text(NumberFormat.count(row.live), .text)
      },
    ])
}

extension DashboardModel {
  /// The route that a mapping leads to, when its target is one.
  func route(of mapping: MappingSummary) -> RouteSummary? {
    routes?.first { $0.name == mapping.target }
  }

  /// The target, and what stands behind it when it is a route.
  func targetText(of mapping: MappingSummary) -> String {
    guard let route = route(of: mapping) else { return mapping.target }
    return "\(route.name): " + route.deployments.map(\.text).joined(separator: ", ")
  }
}

extension RouteSummary.Member {
  /// `azure:gpt-4o*3`; a member of the usual weight says none.
  var text: String { weight == 1 ? target : "\(target)*\(weight)" }
}

extension BackendStatus {
  /// Whether it is given work, as its health tells.
  var duty: BackendDuty {
    switch health {
    case .draining: .draining
    case .off: .off
    case .up, .degraded, .down, .unknown: .serving
    }
  }

  /// The deployment that is worst off, if one is not asked as usual.
  var worstDeployment: DeploymentStatus? {
    let troubled = (deployments ?? []).filter { $0.circuit != .closed }
    return troubled.max {
      ($0.circuit.severity, $0.againInMs ?? 0) < ($1.circuit.severity, $1.againInMs ?? 0)
    }
  }

  /// Whether requests flow: `closed`, `open 24s`, `cool 5s`, `trying`, or what an operator said.
  var circuitText: String {
    switch duty {
    case .draining: "draining"
    case .off: "disabled"
    case .serving: worstDeployment?.circuitText ?? "closed"
    }
  }

  var circuitRole: Role {
    switch duty {
    case .draining: .info
    case .off: .warn
    case .serving: worstDeployment?.circuit.role ?? .text
    }
  }
}

extension BackendDuty {
  var word: String {
    switch self {
    case .serving: "serving"
    case .draining: "draining"
    case .off: "disabled"
    }
  }

  /// What an operator calls the change to this state, here and on the command line.
  var verb: String {
    switch self {
    case .serving: "enable"
    case .draining: "drain"
    case .off: "disable"
    }
  }
}

extension DeploymentStatus {
  var circuitText: String {
    guard let againInMs else { return circuit.word }
    return "\(circuit.word) \(NumberFormat.age(milliseconds: Int64(againInMs)))"
  }
}

extension DeploymentStatus.Circuit {
  var word: String {
    switch self {
    case .closed: "closed"
    case .cooling: "cool"
    case .halfOpen: "trying"
    case .open: "open"
    }
  }

  var role: Role {
    switch self {
    case .closed: .text
    case .cooling, .halfOpen: .warn
    case .open: .bad
    }
  }

  var severity: Int {
    switch self {
    case .closed: 0
    case .cooling: 1
    case .halfOpen: 2
    case .open: 3
    }
  }
}
