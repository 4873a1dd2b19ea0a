extension SettingsDraft {
  /// Chooses the default backend, gives it the environment's models, and orders the rules.
  mutating func complete(
    environment: EnvironmentTable, findings: inout ConfigurationFindings
  ) {
    guard !settings.backends.isEmpty else { return }
    chooseDefault(environment: environment, findings: &findings)
    applyModels(of: environment)
    completeRoutes(findings: &findings)
    var rules = fileRules(findings: &findings)
    for rule in familyModelRules(from: [.file, .environment]) + providerRules()
      + familyModelRules(from: [.default])
    where !rules.contains(where: { $0.pattern.covers(rule.pattern) }) {
      rules.append(rule)
    }
    settings.mappings = rules
    addListedModels(findings: &findings)
    noticeUnnamed(findings: &findings)
  }

  private mutating func chooseDefault(
    environment: EnvironmentTable, findings: inout ConfigurationFindings
  ) {
    settings.defaultBackend = settings.backends[0].name
    let names = settings.backends.map(\.name)
    if let (name, place) = defaultBackend {
      if names.contains(name) {
        settings.defaultBackend = name
      } else if !declaredBackends.contains(name) {
        findings.refuse(
          "default_backend \"\(name)\" is none of the backends", at: place,
          remedy: Self.guess(name, among: names))
      }
    }
    guard let entry = environment["BACKEND"] else { return }
    let preset = ProviderPreset.named(entry.value)?.id
    let named = settings.backends.first { $0.name == entry.value }
    if let backend = named ?? settings.backends.first(where: { $0.preset == preset }),
      named != nil || preset != nil
    {
      settings.defaultBackend = backend.name
    } else {
      findings.refuse(
        "BACKEND \"\(entry.value)\" is none of the configured backends", at: entry.place,
        remedy: Self.guess(entry.value, among: names))
    }
  }

  private static func guess(_ name: String, among names: [String]) -> String {
    if let nearest = NearestName.to(name, among: names) { return "did you mean \"\(nearest)\"?" }
    return "use one of \(names.joined(separator: ", "))"
  }

  private mutating func applyModels(of environment: EnvironmentTable) {
    guard let index = settings.backends.firstIndex(where: { $0.name == settings.defaultBackend })
    else { return }
    for (name, path) in [
      ("BIG_MODEL", \Settings.Backend.bigModel), ("SMALL_MODEL", \Settings.Backend.smallModel),
    ] {
      guard let entry = environment[name] else { continue }
      settings.backends[index][keyPath: path] = entry.value
      familySources[settings.defaultBackend] = .environment
    }
  }

  /// The rules as they were written, checked; one that can never match is a problem.
  private func fileRules(findings: inout ConfigurationFindings) -> [MappingRule] {
    var rules: [MappingRule] = []
    for rule in self.rules {
      let text = rule.pattern.trimmed
      guard !text.isEmpty, !text.contains(where: \.isWhitespace) else {
        findings.refuse(
          "a pattern in mappings is empty or has white space in it", at: rule.place,
          remedy: "write a model's name, with * for any text")
        continue
      }
      let pattern = ModelPattern(text)
      if pattern.isExact, settings.route(named: text) != nil {
        findings.refuse(
          "the mapping of \"\(text)\" can never match: the route of that name comes first",
          at: rule.place, remedy: "rename the route or remove the mapping")
      }
      if let earlier = rules.first(where: { $0.pattern.covers(pattern) }) {
        let line = earlier.line.map { " at line \($0)" } ?? ""
        findings.refuse(
          "the mapping of \"\(text)\" can never match: \"\(earlier.pattern)\"\(line) comes first",
          at: rule.place, remedy: "move it up or remove it")
      }
      guard let destination = target(of: rule, findings: &findings) else { continue }
      rules.append(
        MappingRule(pattern: pattern, to: destination, source: .file, line: rule.place.line))
    }
    return rules
  }

  /// Where a rule leads; nil when it leads nowhere, which is reported.
  func target(of rule: Rule, findings: inout ConfigurationFindings) -> RouteTarget? {
    target(
      rule.target, of: "the mapping of \"\(rule.pattern.trimmed)\"", at: rule.place,
      findings: &findings)
  }

  /// A target as it was written, when all that it names is there.
  func target(
    _ text: String, of subject: String, at place: ConfigurationPlace,
    findings: inout ConfigurationFindings
  ) -> RouteTarget? {
    let check = TargetCheck(settings, declared: declaredBackends.union(declaredRoutes))
    do throws(TargetFault) {
      return try check.checked(text.trimmed)
    } catch {
      guard error.isNews else { return nil }
      findings.refuse("\(error.what) in \(subject)", at: place, remedy: error.remedy)
      return nil
    }
  }

  /// Claude's families as models of the default backend.
  private func familyModelRules(from sources: Set<MappingRule.Source>) -> [MappingRule] {
    let name = settings.defaultBackend
    guard let backend = settings.backend(named: name), let source = familySources[name],
      sources.contains(source)
    else { return [] }
    let small = backend.smallModel.map { model in
      ModelFamily.small.map {
        MappingRule(pattern: $0, backend: name, model: model, source: source)
      }
    }
    let big = backend.bigModel.map { model in
      ModelFamily.big.map { MappingRule(pattern: $0, backend: name, model: model, source: source) }
    }
    return (small ?? []) + (big ?? [])
  }

  /// With several backends and no rules of the operator's, each vendor serves its own names.
  private func providerRules() -> [MappingRule] {
    guard !hasMappings, settings.backends.count > 1 else { return [] }
    var rules: [MappingRule] = []
    for backend in settings.backends {
      let families = ProviderPreset.named(backend.preset ?? "")?.familyPatterns ?? []
      for family in families where !rules.contains(where: { $0.pattern.text == family }) {
        rules.append(
          MappingRule(pattern: ModelPattern(family), backend: backend.name, source: .default))
      }
    }
    return rules
  }
}
