internal import ControlPlane
internal import Storage

extension Office {
  /// Exchanges the targets of two patterns in one generation.
  func swapMappings(
    _ first: String, _ second: String, ifGeneration: Int?, isTrial: Bool,
    action: String = "mapping.swap", by actor: String
  ) async throws(ControlFailure) -> [MappingChange] {
    await turnstile.enter()
    defer { turnstile.leave() }
    let current = house.snapshots.value
    try check(ifGeneration, against: current, "the mappings are")
    let (one, other) = (try existing(first), try existing(second))
    let isNews = one.target != other.target
    func changes(_ generation: Int) -> [MappingChange] {
      [(one, other), (other, one)].map { rule, twin in
        MappingChange(
          pattern: rule.pattern.text, before: rule.target, after: twin.target,
          generation: generation, changed: isNews, liveOnOlder: isNews ? house.board.inFlight : 0)
      }
    }
    guard isNews, !isTrial else { return changes(current.generation) }
    var changed = overlay
    changed.set(first, to: other.target, among: current.fileMappings)
    changed.set(second, to: one.target, among: current.fileMappings)
    let entry = AuditEntry(
      atMs: WallClock.milliseconds(), actor: actor, action: action, target: "\(first) \(second)",
      before: "\(one.target) \(other.target)", after: "\(other.target) \(one.target)",
      generation: current.generation + 1)
    try await put(changed, entry)
    return changes(entry.generation)
  }

  /// Puts a rule before another, or at the end.
  func moveMapping(
    _ pattern: String, before other: String?, ifGeneration: Int?, isTrial: Bool,
    by actor: String
  ) async throws(ControlFailure) -> [MappingChange] {
    await turnstile.enter()
    defer { turnstile.leave() }
    let current = house.snapshots.value
    try check(ifGeneration, against: current, "the mappings are")
    let rule = try existing(pattern)
    if let other { _ = try existing(other) }
    let patterns = current.settings.mappings.map(\.pattern.text)
    var moved = patterns.filter { $0 != pattern }
    let place = other.flatMap { moved.firstIndex(of: $0) } ?? moved.endIndex
    moved.insert(pattern, at: place)
    let isNews = moved != patterns
    func changes(_ generation: Int) -> [MappingChange] {
      [
        MappingChange(
          pattern: pattern, before: rule.target, after: rule.target, generation: generation,
          changed: isNews, liveOnOlder: isNews ? house.board.inFlight : 0)
      ]
    }
    guard isNews, !isTrial else { return changes(current.generation) }
    var overrides = overrides
    let row = overrides.set(order: moved)
    var settings = current.settings
    settings.mappings = overrides.ordered(settings.mappings)
    let entry = AuditEntry(
      atMs: WallClock.milliseconds(), actor: actor, action: "mappings.move", target: pattern,
      before: "position \((patterns.firstIndex(of: pattern) ?? 0) + 1)",
      after: "position \(place + 1)", generation: current.generation + 1)
    return changes(try await put(settings, overrides, [row], entry))
  }

  /// Sets a mapping at a place, or for a time.
  func editMapping(
    _ edit: MappingEdit, isTrial: Bool, by actor: String
  ) async throws(ControlFailure) -> [MappingChange] {
    let current = house.snapshots.value
    try check(edit.ifGeneration, against: current, "the mappings are")
    let before = current.settings.mappings.first { $0.pattern.text == edit.pattern }?.target
    if let other = edit.before { _ = try existing(other) }
    if isTrial {
      let target = try checkedTarget(edit.pattern, edit.target)
      return [
        MappingChange(
          pattern: edit.pattern, before: before, after: target, generation: current.generation,
          changed: before != target, liveOnOlder: 0)
      ]
    }
    var changes = [
      try await setMapping(
        edit.pattern, to: edit.target, ifGeneration: edit.ifGeneration, by: actor)
    ]
    if let other = edit.before {
      changes += try await moveMapping(
        edit.pattern, before: other, ifGeneration: nil, isTrial: false, by: actor)
      changes[0].generation = changes[1].generation
      changes.removeLast()
    }
    guard changes[0].changed, let lasts = edit.lastsMs else { return changes }
    let expiry = SettingsOverrides.Expiry(
      atMs: WallClock.milliseconds() + lasts, before: before)
    changes[0].generation = try await note(expiry, of: edit.pattern, by: actor)
    return changes
  }

  /// Takes back what was meant for a time that is over.
  func expireMappings(nowMs: Int64) async {
    for (pattern, expiry) in overrides.expiries where expiry.atMs <= nowMs {
      do throws(ControlFailure) {
        if let before = expiry.before {
          _ = try await setMapping(pattern, to: before, ifGeneration: nil, by: "timer")
        } else if house.snapshots.value.settings.mappings.contains(where: {
          $0.pattern.text == pattern
        }) {
          _ = try await unsetMapping(pattern, ifGeneration: nil, by: "timer")
        }
        _ = try await note(nil, of: pattern, by: "timer")
      } catch {
        house.board.note(["mapping \(pattern) could not be taken back: \(error.message)"])
      }
    }
  }

  private func note(
    _ expiry: SettingsOverrides.Expiry?, of pattern: String, by actor: String
  ) async throws(ControlFailure) -> Int {
    await turnstile.enter()
    defer { turnstile.leave() }
    let current = house.snapshots.value
    var overrides = overrides
    let row = overrides.set(expiry, of: pattern)
    let entry = AuditEntry(
      atMs: WallClock.milliseconds(), actor: actor, action: "mappings.expiry", target: pattern,
      before: nil, after: expiry.map { "until \($0.atMs)" }, generation: current.generation + 1)
    return try await put(current.settings, overrides, [row], entry)
  }

  private func existing(_ pattern: String) throws(ControlFailure) -> MappingRule {
    let rules = house.snapshots.value.settings.mappings
    if let rule = rules.first(where: { $0.pattern.text == pattern }) { return rule }
    throw ControlFailure(
      .notFound, "there is no mapping `\(pattern)`", hint: "`anyllmctl mappings list` shows them."
    )
  }

  /// Persists the overlay of the mappings and puts it into force.
  func put(_ changed: MappingOverlay, _ entry: AuditEntry) async throws(ControlFailure) {
    let rows = changed.stored
    try await stored { store throws(StorageFailure) in
      try await store.saveOverlay(rows, generation: entry.generation, audit: entry)
    }
    overlay = changed
    let current = house.snapshots.value
    var settings = current.settings
    settings.mappings = overrides.ordered(
      changed.applied(to: current.fileMappings, defaultBackend: settings.defaultBackend))
    house.snapshots.swap(current.next(settings: settings))
  }
}
