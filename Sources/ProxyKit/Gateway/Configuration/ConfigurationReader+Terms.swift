internal import ControlPlane

extension ConfigurationReader {
  /// The members that say what a caller may do, wherever callers stand.
  static let termKeys = [
    "owner", "tags", "role", "models", "backends", "routes", "requests_per_minute",
    "tokens_per_minute", "input_tokens_per_minute", "output_tokens_per_minute",
    "concurrent_requests", "budgets", "mappings", "log_bodies",
  ]

  /// What others call these members.
  static let termMeant = [
    "rpm": "requests_per_minute", "rpm_limit": "requests_per_minute",
    "tpm": "tokens_per_minute", "tpm_limit": "tokens_per_minute",
    "max_parallel_requests": "concurrent_requests", "concurrency": "concurrent_requests",
    "budget": "budgets", "max_budget": "budgets", "max_budget_usd": "budgets",
    "allowed_models": "models", "allowed_routes": "routes", "allowed_backends": "backends",
    "user": "owner", "aliases": "mappings", "log_body": "log_bodies", "template": "terms",
  ]

  /// Reads `terms`, named sets of terms that keys, groups of tokens and the open gate refer to.
  mutating func namedTerms(_ root: Section, into draft: inout SettingsDraft) {
    guard let node = root.node("terms") else { return }
    for member in mapping(node, path: "terms") ?? [] {
      let path = "terms.\(member.key)"
      if draft.settings.callers.namedTerms[member.key] != nil {
        findings.refuse(
          "two sets of terms are named \"\(member.key)\"", at: place(member.keyMark),
          remedy: "rename one")
        continue
      }
      guard
        let section = section(
          member.value, path: path, knows: Self.termKeys, meant: Self.termMeant)
      else { continue }
      draft.settings.callers.namedTerms[member.key] = terms(section, into: &draft)
    }
  }

  /// Reads what a member that stands for terms says: the name of a set, or the terms themselves.
  mutating func termsMember(
    _ key: String, of section: Section, into draft: inout SettingsDraft
  ) -> KeyTerms? {
    guard let node = section.node(key) else { return nil }
    let path = section.path(of: key)
    guard node.members != nil else {
      guard let name = text(node, path: path) else { return nil }
      return namedTerms(name, path: path, in: draft)
    }
    guard
      let inner = self.section(node, path: path, knows: Self.termKeys, meant: Self.termMeant)
    else { return nil }
    return terms(inner, into: &draft)
  }

  /// The set of terms of that name; one that is nowhere is a problem.
  mutating func namedTerms(
    _ name: Text, path: String, in draft: SettingsDraft
  ) -> KeyTerms? {
    let known = draft.settings.callers.namedTerms
    if let terms = known[name.value] { return terms }
    let names = known.keys.sorted()
    let guess = NearestName.to(name.value, among: names).map { "did you mean \"\($0)\"?" }
    findings.refuse(
      "\(path) \"\(name.value)\" is none of the terms", at: name.place,
      remedy: guess
        ?? (names.isEmpty ? "write a section terms" : "use one of \(names.joined(separator: ", "))")
    )
    return nil
  }

  /// Reads what a caller may do; what the section leaves open stays as `base` has it.
  mutating func terms(
    _ section: Section, base: KeyTerms = KeyTerms(), into draft: inout SettingsDraft
  ) -> KeyTerms {
    var terms = base
    read("owner", section, .text) { terms.owner = $0 }
    if section.has("tags") { terms.tags = list("tags", in: section).map(\.value) }
    read("role", section, .choice) { terms.role = $0 }
    if section.has("models") { terms.models = patterns("models", in: section) }
    if section.has("backends") {
      let names = list("backends", in: section)
      terms.backends = names.map(\.value)
      draft.namedBackends += names.map { ($0.value, section.path(of: "backends"), $0.place) }
    }
    if section.has("routes") {
      let names = list("routes", in: section)
      terms.routes = names.map(\.value)
      draft.namedRoutes += names.map { ($0.value, section.path(of: "routes"), $0.place) }
    }
    limits(section, into: &terms)
    budgets(section, into: &terms)
    ownMappings(section, into: &terms, draft: &draft)
    read("log_bodies", section, .flag) { terms.logsBodies = $0 }
    return terms
  }

  private mutating func limits(_ section: Section, into terms: inout KeyTerms) {
    let limits: [(String, WritableKeyPath<KeyTerms, Int?>)] = [
      ("requests_per_minute", \.requestsPerMinute), ("tokens_per_minute", \.tokensPerMinute),
      ("input_tokens_per_minute", \.inputTokensPerMinute),
      ("output_tokens_per_minute", \.outputTokensPerMinute),
      ("concurrent_requests", \.concurrentRequests),
    ]
    for (key, path) in limits {
      read(key, section, .count(in: 1...1_000_000_000)) { terms[keyPath: path] = $0 }
    }
    let parts = ["input_tokens_per_minute", "output_tokens_per_minute"].filter(section.has)
    guard let whole = terms.tokensPerMinute else { return }
    for (key, path) in limits where parts.contains(key) {
      guard let part = terms[keyPath: path], part > whole else { continue }
      findings.refuse(
        "\(section.path(of: key)) is never reached: tokens_per_minute is \(whole)",
        at: section.place, remedy: "lower it or remove it")
    }
  }

  private mutating func patterns(_ key: String, in section: Section) -> [String] {
    let texts = list(key, in: section)
    for (index, text) in texts.enumerated() {
      let pattern = text.value.trimmed
      if pattern.isEmpty || pattern.contains(where: \.isWhitespace) {
        findings.refuse(
          "\(section.path(of: key)) has a name that is empty or has white space in it",
          at: text.place, remedy: "write a model's name, with * for any text")
      } else if texts[..<index].contains(where: { $0.value.trimmed == pattern }) {
        findings.refuse(
          "\(section.path(of: key)) has \"\(pattern)\" twice", at: text.place,
          remedy: "keep one")
      }
    }
    return texts.map(\.value.trimmed)
  }

  private mutating func ownMappings(
    _ section: Section, into terms: inout KeyTerms, draft: inout SettingsDraft
  ) {
    guard let node = section.node("mappings") else { return }
    let path = section.path(of: "mappings")
    let members =
      node.items.map { $0.flatMap { $0.members ?? [] } } ?? mapping(node, path: path) ?? []
    var mappings: [KeyMapping] = []
    for member in members {
      guard let text = text(member.value, path: "\(path).\(member.key)") else { continue }
      let pattern = ModelPattern(member.key.trimmed)
      if let earlier = mappings.first(where: { ModelPattern($0.pattern).covers(pattern) }) {
        findings.refuse(
          "\(path): the mapping of \"\(pattern)\" can never match: \"\(earlier.pattern)\" comes "
            + "first", at: place(member.keyMark), remedy: "move it up or remove it")
      }
      mappings.append(KeyMapping(pattern: pattern.text, target: text.value.trimmed))
      draft.keyRules.append(
        .init(pattern: pattern.text, target: text.value.trimmed, place: place(member.keyMark)))
    }
    terms.mappings = mappings
  }
}

extension SettingsDraft {
  /// Refuses terms that name what is not there.
  func checkTerms(findings: inout ConfigurationFindings) {
    let names = settings.backends.map(\.name)
    for (name, path, place) in namedBackends
    where !names.contains(name) && !declaredBackends.contains(name) {
      let guess = NearestName.to(name, among: names).map { "did you mean \"\($0)\"?" }
      findings.refuse(
        "unknown backend \"\(name)\" in \(path)", at: place,
        remedy: guess ?? "use one of \(names.joined(separator: ", "))")
    }
    let routes = settings.routes.map(\.name)
    for (name, path, place) in namedRoutes
    where !routes.contains(name) && !declaredRoutes.contains(name) {
      let guess = NearestName.to(name, among: routes).map { "did you mean \"\($0)\"?" }
      let known = "use one of \(routes.joined(separator: ", "))"
      findings.refuse(
        "unknown route \"\(name)\" in \(path)", at: place,
        remedy: guess ?? (routes.isEmpty ? "write a section routes" : known))
    }
    for rule in keyRules { _ = target(of: rule, findings: &findings) }
  }
}
