internal import ControlPlane

/// What is wrong with a target.
struct TargetFault: Error {
  var what: String
  var remedy: String
  /// False when the name is declared and its own problem reported already.
  var isNews = true
}

/// Reads targets and looks whether all that they name is there.
struct TargetCheck {
  private let settings: Settings
  /// Names that were declared, usable or not.
  private let declared: Set<String>

  init(_ settings: Settings, declared: Set<String> = []) {
    self.settings = settings
    self.declared = declared
  }

  func checked(_ text: String) throws(TargetFault) -> RouteTarget {
    guard let target = RouteTarget(text, defaultBackend: settings.defaultBackend) else {
      throw TargetFault(
        what: "\"\(text)\" names nothing",
        remedy: text.contains("*") || text.contains(",")
          ? "write shares such as a:model*3,b:model*1"
          : text.hasPrefix("reject")
            ? "write reject or reject:STATUS, from 400 to 599"
            : "write backend:model, backend or :model")
    }
    for part in target.parts { try check(part, of: target) }
    return target
  }

  private func check(_ part: RouteTarget.Part, of target: RouteTarget) throws(TargetFault) {
    if settings.backend(named: part.name) != nil { return }
    if settings.route(named: part.name) != nil {
      if part.model != nil {
        throw TargetFault(
          what: "route \"\(part.name)\" names its models itself", remedy: "write \(part.name) alone"
        )
      }
      if target.parts.count > 1 {
        throw TargetFault(
          what: "route \"\(part.name)\" cannot have a share",
          remedy: "give shares to backends, or name the route alone")
      }
      return
    }
    let names = settings.backends.map(\.name) + settings.routes.map(\.name)
    let near = NearestName.to(part.name, among: names)
    var remedy =
      near.map { "did you mean \"\($0)\"?" } ?? "use one of \(names.joined(separator: ", "))"
    if near == nil, target.parts.count == 1 {
      remedy += ", or \":\(target.text)\" for a model of the default backend"
    }
    throw TargetFault(
      what: "unknown backend \"\(part.name)\"", remedy: remedy,
      isNews: !declared.contains(part.name))
  }

  /// The same for those who change the running gateway.
  func target(_ text: String) throws(ControlFailure) -> RouteTarget {
    do throws(TargetFault) {
      return try checked(text)
    } catch {
      let isMissing = error.what.hasPrefix("unknown")
      throw ControlFailure(
        isMissing ? .notFound : .invalid, error.what,
        hint: error.remedy.prefix(1).uppercased() + error.remedy.dropFirst())
    }
  }
}
