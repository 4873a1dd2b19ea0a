import ControlPlane

extension [CommandSpec] {
  static let routes = [
    CommandSpec(
      path: ["routes", "list"], summary: "the routes, and how their deployments are",
      examples: [Example("anyllmctl routes list"), Example("anyllmctl routes list --watch")],
      flags: [CommandTable.watch], seeAlso: ["routes explain", "mappings list"],
      run: RouteCommands.list),
    CommandSpec(
      path: ["routes", "explain"], summary: "why a model goes where it goes, step by step",
      discussion:
        "Shows every rule that was looked at and every deployment that a request\n"
        + "would be sent to now, in order, with the reason of each that is passed over.",
      examples: [
        Example("anyllmctl route explain claude-opus-4-6"),
        Example("anyllmctl route explain gpt-4o --key ci", "with the rules of one key"),
        Example("anyllmctl route explain claude-haiku-4-5 --class background"),
      ],
      arguments: [ArgumentSpec(name: "MODEL")],
      flags: [
        FlagSpec("key", value: .required("ID"), "the key that would ask"),
        FlagSpec(
          "class", value: .required("CLASS"),
          choices: ["image", "web_search", "think", "long_context", "background"],
          "the kind of request that is assumed"),
      ],
      exits: [.noGateway, .notFound], seeAlso: ["mappings test", "routes list"],
      run: RouteCommands.explain),
  ]
}

/// What the `routes` commands do.
enum RouteCommands {
  static func list(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let routes = try session.ask(.routing(.listRoutes, isTrial: false)) { answer in
      if case .routing(.routes(let routes)) = answer { routes } else { nil }
    }
    return .list(
      routes, "routes",
      columns: [
        .word("NAME", 1), .word("STRATEGY", 2), .number("INFL", 2), .flexible("DEPLOYMENTS", 1),
        .flexible("FALLBACKS", 3),
      ],
      name: \.name
    ) { route in
      let members = route.deployments.map { member in
        let weight = member.weight == 1 ? "" : "*\(member.weight)"
        return member.refusal == nil
          ? member.target + weight : "(\(member.target)\(weight): \(member.refusal ?? ""))"
      }
      return [
        Cell(route.name), Cell(route.strategy),
        Cell("\(route.deployments.reduce(0) { $0 + $1.inFlight })"),
        Cell(members.joined(separator: ", ")), Cell(route.fallbacks.joined(separator: ", ")),
      ]
    }
  }

  static func explain(
    _ invocation: Invocation, _ session: Session
  ) throws(CommandFailure) -> Report {
    let inquiry = RouteInquiry(
      model: try invocation.identifier(0), key: invocation.flags["key"],
      requestClass: try invocation.choice("class"))
    return report(try ask(inquiry, session))
  }

  static func ask(
    _ inquiry: RouteInquiry, _ session: Session
  ) throws(CommandFailure) -> RouteExplanation {
    try session.ask(.routing(.explain(inquiry), isTrial: false)) { answer in
      if case .routing(.explanation(let explanation)) = answer { explanation } else { nil }
    }
  }

  static func report(_ explanation: RouteExplanation) -> Report {
    var lines = explanation.steps.map { step in
      let mark =
        switch step.verdict {
        case .chosen: "->"
        case .next: " >"
        case .skipped: " x"
        }
      return "\(mark) \(step.subject): \(step.reason)"
    }
    if let deployment = explanation.deployment {
      lines.append("\(explanation.model) goes to \(deployment) now")
    } else {
      lines.append("\(explanation.model) is refused: \(explanation.refusal ?? "")")
    }
    var report = Report.change(
      explanation, name: explanation.deployment ?? "", lines.map { PlainText.cleaned($0) })
    if explanation.deployment == nil { report.exit = .refused }
    return report
  }
}
