internal import Storage

/// The rules that operators laid over those of the configuration while the gateway ran.
struct MappingOverlay: Sendable, Equatable {
  /// A pattern with its new target; nil hides the configuration's rule.
  struct Entry: Sendable, Equatable {
    var pattern: String
    var target: String?
  }

  private(set) var entries: [Entry] = []

  init(_ stored: [OverlayMapping] = []) {
    entries = stored.map { Entry(pattern: $0.pattern, target: $0.target) }
  }

  var stored: [OverlayMapping] {
    entries.enumerated().map {
      OverlayMapping(pattern: $1.pattern, target: $1.target, position: $0)
    }
  }

  /// The rules in force: the configuration's, each replaced or hidden in its place, and before
  /// them those that are new, the newest first.
  func applied(to file: [MappingRule], defaultBackend: String) -> [MappingRule] {
    let known = Set(file.map(\.pattern.text))
    let added = entries.filter { !known.contains($0.pattern) }
      .compactMap { Self.rule($0, defaultBackend) }
    let kept = file.compactMap { rule -> MappingRule? in
      guard let entry = entries.first(where: { $0.pattern == rule.pattern.text }) else {
        return rule
      }
      return Self.rule(entry, defaultBackend)
    }
    return added + kept
  }

  /// Sets a pattern's target; nil hides or forgets it.
  mutating func set(_ pattern: String, to target: String?, among file: [MappingRule]) {
    let place = entries.firstIndex { $0.pattern == pattern }
    if let place { entries.remove(at: place) }
    let own = file.first { $0.pattern.text == pattern }
    guard target != own?.target else { return }
    entries.insert(Entry(pattern: pattern, target: target), at: place ?? 0)
  }

  private static func rule(_ entry: Entry, _ defaultBackend: String) -> MappingRule? {
    guard let target = entry.target,
      let destination = RouteTarget(target, defaultBackend: defaultBackend)
    else { return nil }
    return MappingRule(
      pattern: ModelPattern(entry.pattern), to: destination, source: .runtime)
  }
}
