@testable import Gateway

/// Loads a configuration from texts, without the machine it runs on.
func loaded(
  _ yaml: String? = nil, _ environment: [String: String] = [:], files: [String: String] = [:],
  flags: ConfigurationFlags = ConfigurationFlags(), hasStoredKeys: Bool = false,
  servers: [LocalServer] = []
) -> LoadedConfiguration {
  var files = files
  var flags = flags
  if let yaml {
    files["/site/config.yaml"] = yaml
    flags.configurationPath = flags.configurationPath ?? "config.yaml"
  }
  let contents = files
  return ConfigurationLoader.load(
    ConfigurationInputs(
      flags: flags, environment: environment, workingDirectory: "/site",
      homeDirectory: "/home/me", hasStoredKeys: hasStoredKeys,
      readFile: { path in contents[path].map { .bytes(Array($0.utf8)) } ?? .missing },
      findLocalServers: { excluded in servers.filter { !excluded.contains($0.port) } }))
}

extension LoadedConfiguration {
  /// The problems as the operator reads them.
  var lines: [String] { problems.map(\.description) }

  /// Rules as `pattern=target`.
  var rules: [String] { settings?.mappings.map { "\($0.pattern)=\($0.target)" } ?? [] }

  /// `backend:model` for a client's model name.
  func goal(of model: String) -> String? {
    settings?.route(model: model).map { "\($0.backend.name):\($0.model)" }
  }
}
