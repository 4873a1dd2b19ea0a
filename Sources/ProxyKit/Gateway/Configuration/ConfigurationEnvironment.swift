/// What our own variables say; they win over the file.
struct ConfigurationEnvironment {
  let table: EnvironmentTable
  let inputs: ConfigurationInputs
  var findings = ConfigurationFindings()

  init(table: EnvironmentTable, inputs: ConfigurationInputs) {
    self.table = table
    self.inputs = inputs
  }

  /// A variable in the form that is expected of it.
  mutating func value<Value>(
    _ name: String, _ form: ScalarForm<Value>
  ) -> (value: Value, place: ConfigurationPlace)? {
    guard let entry = table[name] else { return nil }
    guard let value = form.parse(entry.value) else {
      findings.refuse("\(entry.name) \"\(entry.value)\" is not \(form.expected)", at: entry.place)
      return nil
    }
    return (value, entry.place)
  }

  /// Overrides what does not concern a backend.
  mutating func apply(to draft: inout SettingsDraft) {
    if let entry = table["ANYLLM_HOME"] {
      draft.settings.stateDirectory = PathText.absolute(entry.value, from: inputs)
    }
    if let entry = table["ANYLLM_SOCKET"] {
      draft.settings.socketPath = PathText.absolute(entry.value, from: inputs)
    }
    if let entry = table["ANYLLM_LISTEN"] {
      listen(entry.value, called: entry.name, at: entry.place, into: &draft)
    }
    if let port = value("LISTEN_PORT", .port) {
      draft.settings.listen[0].port = port.value
      draft.listenPlace = port.place
    }
    if let flag = value("ANYLLM_DEGRADATION_WARNINGS", .flag) {
      draft.settings.exposeDegradation = flag.value
    }
    logging(into: &draft.settings.log)
    if let flag = value("PROXY_OPEN_RELAY", .flag) { draft.openRelay = flag }
    callerKeys(into: &draft)
    network(into: &draft)
    issuer(into: &draft)
  }

  /// Puts one address in the place of all; TLS stays as the file has it.
  mutating func listen(
    _ text: String, called name: String, at place: ConfigurationPlace,
    into draft: inout SettingsDraft
  ) {
    do {
      var address = try Settings.ListenAddress(text: text)
      address.tlsCertificate = draft.settings.listen[0].tlsCertificate
      address.tlsKey = draft.settings.listen[0].tlsKey
      draft.settings.listen = [address]
      draft.listenPlace = place
    } catch {
      findings.refuse("\(name) \(error.what)", at: place, remedy: error.remedy)
    }
  }

  mutating func apply(_ flags: ConfigurationFlags, to draft: inout SettingsDraft) {
    if let text = flags.listen {
      listen(text, called: "--listen", at: .commandLine, into: &draft)
    }
    if let path = flags.socketPath {
      draft.settings.socketPath = PathText.absolute(path, from: inputs)
    }
    if let level: Settings.LogLevel = flag("--log-level", flags.logLevel) {
      draft.settings.log.level = level
    }
    if let format: Settings.LogFormat = flag("--log-format", flags.logFormat) {
      draft.settings.log.format = format
    }
  }

  private mutating func flag<Value>(_ name: String, _ text: String?) -> Value?
  where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    guard let text else { return nil }
    let form = ScalarForm<Value>.choice
    guard let value = form.parse(text) else {
      findings.refuse("\(name) \"\(text)\" is not \(form.expected)", at: .commandLine)
      return nil
    }
    return value
  }

  private mutating func logging(into log: inout Settings.Log) {
    if let entry = table["ANYLLM_LOG_LEVEL"] {
      // RUST_LOG may be a list of directives by module, of which the first plain level counts.
      let names = entry.value.split(separator: ",").map { $0 == "warn" ? "warning" : String($0) }
      let form = ScalarForm<Settings.LogLevel>.choice
      if let level = names.lazy.compactMap({ form.parse($0.trimmed) }).first {
        log.level = level
      } else if entry.name == "RUST_LOG" {
        findings.notice("RUST_LOG says nothing of ours: the log level stays \(log.level)")
      } else {
        findings.refuse(
          "\(entry.name) \"\(entry.value)\" is not \(form.expected)", at: entry.place)
      }
    }
    if let format = value("ANYLLM_LOG_FORMAT", ScalarForm<Settings.LogFormat>.choice) {
      log.format = format.value
    }
  }

  /// Keys of the environment are added to those of the file.
  private mutating func callerKeys(into draft: inout SettingsDraft) {
    for name in ["PROXY_API_KEYS", "LITELLM_MASTER_KEY"] where table[name] == nil {
      if let blank = table.exact(name), table["PROXY_API_KEYS"] == nil {
        findings.refuse(
          "\(name) is set and empty, which would leave the gateway without keys",
          at: blank.place, remedy: "give it a key or unset it")
      }
    }
    guard let entry = table["PROXY_API_KEYS"] else { return }
    let items = entry.value.split(separator: ",", omittingEmptySubsequences: false)
    for (index, item) in items.enumerated() {
      do {
        let secret = try Secret(checking: String(item))
        draft.settings.callers.staticKeys.append(
          .init(name: "env-\(index + 1)", secret: secret))
        draft.keyPlaces.append(entry.place)
      } catch {
        findings.refuse(
          "key \(index + 1) of \(entry.name) \(error.what)", at: entry.place,
          remedy: "separate keys by single commas")
      }
    }
  }

  /// What the environment says for backends that say nothing themselves.
  mutating func backendDefaults() -> BackendDefaults {
    var defaults = BackendDefaults()
    defaults.omitStreamOptions = value("OMIT_STREAM_OPTIONS", .flag)?.value
    defaults.forwardClientAuthorization = value("ANTHROPIC_FORWARD_CLIENT_AUTH", .flag)?.value
    defaults.totalTimeout = value("REQUEST_TIMEOUT_SECS", .duration)?.value
    if let entry = table["TLS_CA_CERT"] {
      let path = PathText.absolute(entry.value, from: inputs)
      switch inputs.readFile(path) {
      case .bytes: defaults.caFile = path
      case .missing:
        findings.refuse("\(entry.name): there is no file \(path)", at: entry.place)
      case .unreadable(let reason):
        findings.refuse("\(entry.name): \(path) cannot be read: \(reason)", at: entry.place)
      }
    }
    return defaults
  }
}
