/// Reads the configuration of another proxy and says it in our words.
package enum Importer {
  /// Whose file it is.
  enum Origin: String {
    case liteLLM = "LiteLLM configuration"
    case anyllmModels = "anyllm-proxy list of models"
    case anyllmTables = "anyllm-proxy config.toml"
    case anyllmEnvironment = "anyllm-proxy environment file"
    case crabllm = "crabllm configuration"
  }

  /// Takes what can be taken of a file; its name decides what is YAML, TOML or variables.
  package static func read(path: String, contents: [UInt8]) -> ImportReport {
    var notes = ImportNotes(file: path)
    let start = YAMLMark(line: 1, column: 1)
    if isEnvironment(path) {
      return environment(String(decoding: contents, as: UTF8.self), &notes)
    }
    let root: YAMLNode?
    let problems: [YAMLProblem]
    let isTOML = path.hasSuffix(".toml")
    if isTOML {
      let document = TOMLDocument(contents)
      (root, problems) = (document.root, document.problems)
    } else {
      let document = YAMLDocument(contents)
      (root, problems) = (document.root, document.problems)
    }
    for problem in problems { notes.lost(problem.text, at: problem.mark, remedy: problem.remedy) }
    guard problems.isEmpty, let root, let origin = origin(of: root, isTOML: isTOML),
      let section = ImportSection(root, path: "")
    else {
      if problems.isEmpty {
        notes.lost(
          "this is no configuration of a proxy that is known here", at: start,
          remedy: "LiteLLM, anyllm-proxy and crabllm are")
      }
      return ImportReport(yaml: "", lines: notes.lines, origin: "unknown file")
    }
    return report(origin, section, &notes)
  }

  /// Whose file this is; nil when it is ours or nobody's.
  static func origin(of root: YAMLNode, isTOML: Bool) -> Origin? {
    let keys = Set((root.members ?? []).map(\.key))
    if isTOML {
      if !keys.isDisjoint(with: ["backends", "default_backend", "listen_port"]) {
        return .anyllmTables
      }
      return keys.isDisjoint(with: ["providers", "keys", "aliases", "listen"]) ? nil : .crabllm
    }
    let ofLiteLLM = ["model_list", "litellm_settings", "router_settings", "general_settings"]
    if !keys.isDisjoint(with: ofLiteLLM) { return .liteLLM }
    return root["models"]?.items == nil ? nil : .anyllmModels
  }

  private static func report(
    _ origin: Origin, _ section: ImportSection, _ notes: inout ImportNotes
  ) -> ImportReport {
    var draft: ImportDraft
    switch origin {
    case .liteLLM:
      var reading = LiteLLMImport(notes: notes)
      draft = reading.read(section)
      notes = reading.notes
    case .anyllmModels:
      var reading = AnyllmModelsImport(notes: notes)
      draft = reading.read(section)
      notes = reading.notes
    case .anyllmTables, .anyllmEnvironment:
      var reading = AnyllmTablesImport(notes: notes)
      draft = reading.read(section)
      notes = reading.notes
    case .crabllm:
      var reading = CrabllmImport(notes: notes)
      draft = reading.read(section)
      notes = reading.notes
    }
    return finished(origin, &draft, &notes)
  }

  private static func environment(_ text: String, _ notes: inout ImportNotes) -> ImportReport {
    var reading = AnyllmEnvironmentImport(notes: notes)
    var draft = reading.read(text)
    notes = reading.notes
    return finished(.anyllmEnvironment, &draft, &notes)
  }

  private static func finished(
    _ origin: Origin, _ draft: inout ImportDraft, _ notes: inout ImportNotes
  ) -> ImportReport {
    let yaml = draft.written(&notes)
    if yaml.isEmpty {
      notes.lost(
        "no model server of the file could be taken", at: YAMLMark(line: 1, column: 1),
        remedy: "the lines above say why")
    }
    let lines = notes.lines.enumerated().sorted {
      ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
    }
    return ImportReport(
      yaml: yaml, lines: lines.map(\.element), origin: origin.rawValue)
  }

  private static func isEnvironment(_ path: String) -> Bool {
    path.hasSuffix(".env") || path.split(separator: "/").last?.hasPrefix(".env") == true
  }
}
