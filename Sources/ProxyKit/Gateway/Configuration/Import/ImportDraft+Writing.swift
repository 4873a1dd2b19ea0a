extension ImportDraft {
  /// The configuration in our words; empty when there is no backend.
  func written(_ notes: inout ImportNotes) -> String {
    guard !backends.isEmpty else { return "" }
    var writing = ImportWriting(draft: self)
    let members = writing.members(&notes)
    return members.yaml()
  }
}

/// Chooses names and decides what is a mapping and what a route.
private struct ImportWriting {
  let draft: ImportDraft
  let backendNames: [String]
  private let routeNames: [String?]

  init(draft: ImportDraft) {
    self.draft = draft
    var taken = Set(draft.groups.map { $0.name.lowercased() })
    taken.formUnion(["env", "reject"])
    backendNames = draft.backends.map { backend in
      Self.free(Self.plain(backend.wish ?? backend.kind, also: "-_."), &taken)
    }
    var used = Set(backendNames.map { $0.lowercased() } + ["reject"])
    used.formUnion(draft.groups.map { $0.name.lowercased() })
    used.formUnion(draft.aliases.map { $0.name.lowercased() })
    routeNames = draft.groups.map { group in
      guard group.needsRoute, !group.isPattern else { return nil }
      let plain = Self.plain(group.name, also: "-_./")
      // Names of clients were kept free of names of backends above.
      if plain == group.name, plain.lowercased() != "reject" { return plain }
      return Self.free(plain, &used)
    }
  }

  mutating func members(_ notes: inout ImportNotes) -> [WrittenMember] {
    var members = draft.opening
    let backends = draft.backends.enumerated().map { index, backend in
      let kind = backend.kind == backendNames[index] ? [] : [WrittenMember("kind", backend.kind)]
      return WrittenMember(backendNames[index], .members(kind + backend.members))
    }
    members.append(WrittenMember("backends", .members(backends)))
    if let index = draft.defaultBackend {
      members.append(WrittenMember("default_backend", backendNames[index]))
    }
    let routes = draft.groups.indices.compactMap { route($0, &notes) }
    if !routes.isEmpty { members.append(WrittenMember("routes", .members(routes))) }
    let mappings = mappings(&notes)
    if !mappings.isEmpty {
      let items = mappings.map { WrittenValue.members([$0]) }
      members.append(WrittenMember("mappings", .list(items)))
    }
    return members + draft.closing
  }

  private func target(_ deployment: ImportDeployment) -> String {
    let name = backendNames[deployment.backend]
    return deployment.model.map { "\(name):\($0)" } ?? name
  }

  /// All of a group in one target.
  private func target(of index: Int) -> String {
    if let route = routeNames[index] { return route }
    let deployments = draft.groups[index].deployments
    if deployments.count == 1 { return target(deployments[0]) }
    return deployments.map { "\(target($0))*\($0.weight ?? 1)" }.joined(separator: ",")
  }

  private func route(_ index: Int, _ notes: inout ImportNotes) -> WrittenMember? {
    guard let name = routeNames[index] else { return nil }
    let group = draft.groups[index]
    var members: [WrittenMember] = []
    if let strategy = draft.strategy, group.deployments.count > 1 {
      members.append(WrittenMember("strategy", strategy))
    }
    let weighs = [nil, "shuffle", "least_busy"].contains(draft.strategy)
    members.append(
      WrittenMember(
        "deployments",
        .list(group.deployments.map { deployment($0, hasWeight: weighs) })))
    let fallbacks =
      group.reserves.map { .text(target($0)) }
      + group.fallbacks.compactMap { fallback($0, of: index, &notes) }
    if !fallbacks.isEmpty { members.append(WrittenMember("fallbacks", .list(fallbacks))) }
    return WrittenMember(name, .members(members))
  }

  private func deployment(_ deployment: ImportDeployment, hasWeight: Bool) -> WrittenValue {
    var members = [WrittenMember("to", target(deployment))]
    if let weight = deployment.weight, hasWeight, weight != 1 {
      members.append(WrittenMember("weight", .number(min(max(weight, 1), 1000))))
    }
    if let limit = deployment.requestsPerMinute {
      members.append(WrittenMember("requests_per_minute", .number(limit)))
    }
    if let limit = deployment.tokensPerMinute {
      members.append(WrittenMember("tokens_per_minute", .number(limit)))
    }
    if let limit = deployment.concurrent {
      members.append(WrittenMember("concurrent", .number(limit)))
    }
    return members.count == 1 ? members[0].value : .members(members)
  }

  private func fallback(
    _ fallback: ImportFallback, of index: Int, _ notes: inout ImportNotes
  ) -> WrittenValue? {
    guard let to = goal(of: fallback.name) else {
      notes.lost(
        "the fallback \(fallback.name) of \(draft.groups[index].name)", at: fallback.mark,
        remedy: "no model of the file has that name")
      return nil
    }
    var target = target(of: to)
    if leads(from: to, to: index, seen: []) {
      target = draft.groups[to].deployments.map(self.target).joined(separator: ",")
      notes.changed(
        "the fallback \(fallback.name) of \(draft.groups[index].name) leads back to it",
        at: fallback.mark, remedy: "it goes to \(target) without that model's own fallbacks")
    }
    guard let condition = fallback.condition else { return .text(target) }
    return .members([WrittenMember("to", target), WrittenMember("on", condition)])
  }

  /// The group that a name or an alias means.
  private func goal(of name: String) -> Int? {
    if let index = draft.group(named: name) { return index }
    let alias = draft.aliases.first { $0.name.lowercased() == name.lowercased() }
    return alias.flatMap { draft.group(named: $0.of) }
  }

  private func leads(from: Int, to: Int, seen: Set<Int>) -> Bool {
    if from == to { return true }
    if seen.contains(from) || routeNames[from] == nil { return false }
    return draft.groups[from].fallbacks.contains { fallback in
      goal(of: fallback.name).map { leads(from: $0, to: to, seen: seen.union([from])) } ?? false
    }
  }

  private func mappings(_ notes: inout ImportNotes) -> [WrittenMember] {
    var rules: [(name: String, target: String, mark: YAMLMark)] = []
    for (index, group) in draft.groups.enumerated() where routeNames[index] != group.name {
      rules.append((group.name, target(of: index), group.mark))
    }
    for alias in draft.aliases {
      if draft.group(named: alias.name) != nil {
        notes.lost(
          "the alias \(alias.name)", at: alias.mark, remedy: "a model of the file has that name")
      } else if let index = draft.group(named: alias.of) {
        rules.append((alias.name, target(of: index), alias.mark))
      } else {
        notes.lost(
          "the alias \(alias.name) of \(alias.of)", at: alias.mark,
          remedy: "no model of the file has that name")
      }
    }
    // The exact before the patterns, the longer before what might cover them.
    rules.sort { first, second in
      let isExact = (ModelPattern(first.name).isExact, ModelPattern(second.name).isExact)
      if isExact.0 != isExact.1 { return isExact.0 }
      return first.name.utf8.count > second.name.utf8.count
    }
    var kept: [ModelPattern] = []
    var members: [WrittenMember] = []
    for rule in rules {
      let pattern = ModelPattern(rule.name)
      guard !rule.name.isEmpty, !rule.name.contains(where: \.isWhitespace),
        !kept.contains(where: { $0.covers(pattern) })
      else {
        notes.lost(
          "the name \"\(rule.name)\"", at: rule.mark,
          remedy: "it is empty, has white space in it, or another name stands for it already")
        continue
      }
      kept.append(pattern)
      members.append(WrittenMember(rule.name, rule.target))
    }
    if draft.everythingElse == .refused, !kept.contains(where: { $0.text == "*" }) {
      members.append(WrittenMember("*", "reject:404"))
    }
    return members
  }

  private static func plain(_ name: String, also signs: String) -> String {
    let bytes = name.utf8.map { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || signs.utf8.contains(byte) ? byte : UInt8(ascii: "-")
    }
    return bytes.isEmpty ? "unnamed" : String(decoding: bytes, as: UTF8.self)
  }

  private static func free(_ name: String, _ taken: inout Set<String>) -> String {
    var candidate = name
    var number = 2
    while !taken.insert(candidate.lowercased()).inserted {
      candidate = "\(name)-\(number)"
      number += 1
    }
    return candidate
  }
}
