internal import ControlPlane
internal import Storage

extension Office {
  func listMappings() -> MappingList {
    let snapshot = house.snapshots.value
    let live = house.board.exchanges.map { $0.with { $0.modelRequested } }
    var counts: [String: Int] = [:]
    for model in live {
      guard let rule = snapshot.settings.mappings.first(where: { $0.pattern.matches(model) }) else {
        continue
      }
      counts[rule.pattern.text, default: 0] += 1
    }
    return MappingList(
      generation: snapshot.generation,
      mappings: snapshot.settings.mappings.map { rule in
        MappingSummary(
          pattern: rule.pattern.text, target: rule.target, source: rule.source.rawValue,
          live: counts[rule.pattern.text] ?? 0)
      })
  }

  func setMapping(
    _ pattern: String, to target: String, ifGeneration: Int?, by actor: String
  ) async throws(ControlFailure) -> MappingChange {
    let target = try checkedTarget(pattern, target)
    return try await change(
      pattern, to: target, ifGeneration: ifGeneration, action: "mapping.set", by: actor)
  }

  /// What a pattern may be set to, as it is written in lists.
  func checkedTarget(_ pattern: String, _ target: String) throws(ControlFailure) -> String {
    let settings = house.snapshots.value.settings
    guard !pattern.isEmpty, pattern.utf8.count <= 256,
      pattern.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else {
      throw ControlFailure(
        .invalid, "a pattern has 1 to 256 bytes without spaces and control characters",
        hint: "Such as `claude-*`.")
    }
    return try TargetCheck(settings).target(target).text
  }

  func unsetMapping(
    _ pattern: String, ifGeneration: Int?, by actor: String
  ) async throws(ControlFailure) -> MappingChange {
    guard rule(pattern) != nil else {
      throw ControlFailure(
        .notFound, "there is no mapping `\(pattern)`",
        hint: "`anyllmctl mappings list` shows them.")
    }
    return try await change(
      pattern, to: nil, ifGeneration: ifGeneration, action: "mapping.unset", by: actor)
  }

  /// Takes the last change back that was not taken back yet, also after a restart.
  func undoMapping(by actor: String) async throws(ControlFailure) -> MappingChange {
    let trail = try await stored { store throws(StorageFailure) in
      try await store.audit(limit: 1000)
    }
    var undone = 0
    for entry in trail where entry.action.hasPrefix("mapping.") {
      if entry.action == "mapping.undo" {
        undone += 1
      } else if undone > 0 {
        undone -= 1
      } else if entry.action == "mapping.swap" {
        let patterns = entry.target.split(separator: " ").map(String.init)
        guard patterns.count == 2 else { break }
        return try await swapMappings(
          patterns[0], patterns[1], ifGeneration: nil, isTrial: false, action: "mapping.undo",
          by: actor)[0]
      } else {
        return try await change(
          entry.target, to: entry.before, ifGeneration: nil, action: "mapping.undo", by: actor)
      }
    }
    throw ControlFailure(
      .conflict, "no change of the mappings is left to undo", hint: "`anyllmctl audit list`")
  }

  private func rule(_ pattern: String) -> MappingRule? {
    house.snapshots.value.settings.mappings.first { $0.pattern.text == pattern }
  }

  private func change(
    _ pattern: String, to target: String?, ifGeneration: Int?, action: String, by actor: String
  ) async throws(ControlFailure) -> MappingChange {
    await turnstile.enter()
    defer { turnstile.leave() }
    let current = house.snapshots.value
    if let expected = ifGeneration, expected != current.generation {
      throw ControlFailure(
        .conflict, "the mappings are at generation \(current.generation), not \(expected)",
        hint: "Look at them again, then repeat the change.")
    }
    let before = rule(pattern)?.target
    guard before != target else {
      return MappingChange(
        pattern: pattern, before: before, after: target, generation: current.generation,
        changed: false, liveOnOlder: 0)
    }
    var changed = overlay
    changed.set(pattern, to: target, among: current.fileMappings)
    let entry = AuditEntry(
      atMs: WallClock.milliseconds(), actor: actor, action: action, target: pattern,
      before: before, after: target, generation: current.generation + 1)
    try await put(changed, entry)
    return MappingChange(
      pattern: pattern, before: before, after: target, generation: entry.generation,
      changed: true, liveOnOlder: house.board.inFlight)
  }
}
