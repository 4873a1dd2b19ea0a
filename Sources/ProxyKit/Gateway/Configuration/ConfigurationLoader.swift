/// Makes settings from flags, environment, environment files, the file and defaults.
package enum ConfigurationLoader {
  /// Reads everything and reports everything that is wrong at once.
  ///
  /// Blocks while it reads files and asks local ports; not for an event loop.
  package static func load(_ inputs: ConfigurationInputs) -> LoadedConfiguration {
    var loading = Loading(inputs: inputs)
    loading.run()
    let problems = loading.findings.problems
    return LoadedConfiguration(
      settings: problems.isEmpty ? loading.settings : nil, problems: problems,
      notices: loading.findings.notices, filesRead: loading.filesRead)
  }
}

/// One run of the loader.
private struct Loading {
  let inputs: ConfigurationInputs
  var environment: EnvironmentTable
  var findings = ConfigurationFindings()
  var filesRead: [String] = []
  var settings: Settings?

  init(inputs: ConfigurationInputs) {
    self.inputs = inputs
    environment = EnvironmentTable(process: inputs.environment)
  }

  mutating func run() {
    readEnvironmentFiles()
    var draft = SettingsDraft(stateDirectory: stateDirectory)
    // What cannot be read as a whole would only bring echoes of that.
    guard let file = readConfigurationFile() else { return }
    var reader = ConfigurationReader(file: file.path, environment: environment, inputs: inputs)
    var variables = ConfigurationEnvironment(table: environment, inputs: inputs)
    let root = file.node.flatMap { reader.root($0, into: &draft) }
    if file.node != nil, root == nil {
      findings.absorb(reader.findings)
      return
    }
    variables.apply(to: &draft)
    variables.apply(inputs.flags, to: &draft)
    let vendors = VendorEnvironment(environment: environment, listen: draft.settings.listen)
    let defaults = variables.backendDefaults()
    if let root {
      reader.backends(root, vendors: vendors, defaults: defaults, into: &draft)
      reader.routes(root, into: &draft)
      reader.classes(root, into: &draft)
      reader.mappings(root, into: &draft)
      if let node = root.node("default_backend"),
        let text = reader.text(node, path: "default_backend")
      {
        draft.defaultBackend = (text.value, text.place)
      }
    }
    if root?.node("backends").map({ $0.members?.isEmpty == true }) ?? true {
      variables.backends(vendors: vendors, defaults: defaults, into: &draft)
    }
    variables.noticeUnused()
    findings.absorb(reader.findings)
    findings.absorb(variables.findings)
    draft.complete(environment: environment, findings: &findings)
    draft.checkTerms(findings: &findings)
    draft.decideAccess(hasStoredKeys: inputs.hasStoredKeys, findings: &findings)
    draft.checkAddresses(findings: &findings)
    draft.noticeClearText(findings: &findings)
    draft.noticeTrust(findings: &findings)
    settings = draft.settings
  }

  private var stateDirectory: String {
    if let base = environment["XDG_STATE_HOME"]?.value, base.hasPrefix("/") {
      return PathText.joined(base, "anyllm")
    }
    return PathText.joined(inputs.homeDirectory, ".local/state/anyllm")
  }

  private mutating func readEnvironmentFiles() {
    if let path = inputs.flags.environmentFile ?? environment["ANYLLM_ENV_FILE"]?.value {
      readEnvironmentFile(shown: path, isAsked: true)
      return
    }
    readEnvironmentFile(shown: ".anyllm.env", isAsked: false)
    let home =
      environment["ANYLLM_HOME"].map { PathText.absolute($0.value, from: inputs) }
      ?? PathText.joined(inputs.homeDirectory, ".anyllm")
    let second = PathText.joined(home, ".anyllm.env")
    if second != PathText.joined(inputs.workingDirectory, ".anyllm.env") {
      readEnvironmentFile(shown: second, isAsked: false)
    }
  }

  private mutating func readEnvironmentFile(shown: String, isAsked: Bool) {
    let path = PathText.absolute(shown, from: inputs)
    guard let bytes = read(path, shown: shown, isAsked: isAsked) else { return }
    let file = EnvironmentFile(String(decoding: bytes, as: UTF8.self))
    for problem in file.problems {
      findings.refuse(
        problem.what, at: ConfigurationPlace(file: shown, line: problem.line),
        remedy: "write NAME=value")
    }
    environment.fill(from: file, path: shown)
  }

  /// The file that is asked for, or the first of the usual ones, or nothing at all; nil when the
  /// one that counts cannot be read.
  private mutating func readConfigurationFile() -> (path: String, node: YAMLNode?)? {
    let asked = inputs.flags.configurationPath ?? environment["PROXY_CONFIG"]?.value
    let base =
      environment["XDG_CONFIG_HOME"].flatMap { $0.value.hasPrefix("/") ? $0.value : nil }
      ?? PathText.joined(inputs.homeDirectory, ".config")
    let usual = [
      PathText.joined(base, "anyllm/config.yaml"),
      PathText.joined(inputs.homeDirectory, ".anyllm/config.yaml"),
    ]
    for shown in asked.map({ [$0] }) ?? usual {
      let path = PathText.absolute(shown, from: inputs)
      let known = findings.problems.count
      guard let bytes = read(path, shown: shown, isAsked: asked != nil) else {
        if findings.problems.count > known { return nil }
        continue
      }
      if shown.hasSuffix(".toml") { return imported(bytes, shown: shown) }
      let document = YAMLDocument(bytes)
      findings.absorb(document.problems, file: shown)
      if document.root == nil, !document.problems.isEmpty { return nil }
      if let root = document.root, Importer.origin(of: root, isTOML: false) != nil {
        return imported(bytes, shown: shown)
      }
      return (shown, document.root)
    }
    return ("", nil)
  }

  /// The file of another proxy in our words, as if it had been imported.
  private mutating func imported(_ bytes: [UInt8], shown: String) -> (String, YAMLNode?)? {
    let report = Importer.read(path: shown, contents: bytes)
    guard report.tookAnything else {
      for line in report.lines where line.outcome == .lost {
        findings.refuse(
          line.what, at: ConfigurationPlace(file: line.file, line: line.line),
          remedy: line.remedy)
      }
      return nil
    }
    findings.notice(
      "\(shown): \(report.summary); `anyllm-tui --import \(shown)` writes it in our words")
    for line in report.lines where line.outcome != .taken { findings.notice(line.description) }
    let document = YAMLDocument(report.yaml)
    // What is wrong from here on stands at a line of the imported text.
    let place = "\(shown) (imported)"
    findings.absorb(document.problems, file: place)
    return document.problems.isEmpty ? (place, document.root) : nil
  }

  private mutating func read(_ path: String, shown: String, isAsked: Bool) -> [UInt8]? {
    switch inputs.readFile(path) {
    case .bytes(let bytes):
      filesRead.append(path)
      return bytes
    case .missing:
      if isAsked {
        findings.refuse(
          "there is no such file", at: ConfigurationPlace(file: shown),
          remedy: "`anyllm-tui --print-config-template` prints one to begin with")
      }
    case .unreadable(let reason):
      findings.refuse(
        "it cannot be read: \(reason)", at: ConfigurationPlace(file: shown),
        remedy: "check its permissions")
    }
    return nil
  }
}
