/// Everything the configuration is made from, so that loading it depends on nothing else.
package struct ConfigurationInputs: Sendable {
  package var flags: ConfigurationFlags
  /// The process environment.
  package var environment: [String: String]
  package var workingDirectory: String
  package var homeDirectory: String
  /// Whether the store has callers' keys, which a public address needs as much as static ones.
  package var hasStoredKeys: Bool
  package var readFile: @Sendable (_ path: String) -> FileContents
  /// Asked only when no backend is configured; ports that must not be asked are given.
  package var findLocalServers: @Sendable (_ excludedPorts: Set<Int>) -> [LocalServer]

  package init(
    flags: ConfigurationFlags = ConfigurationFlags(), environment: [String: String],
    workingDirectory: String, homeDirectory: String, hasStoredKeys: Bool = false,
    readFile: @escaping @Sendable (String) -> FileContents = FileContents.read,
    findLocalServers: @escaping @Sendable (Set<Int>) -> [LocalServer] = LocalServerProbe.run
  ) {
    self.flags = flags
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.homeDirectory = homeDirectory
    self.hasStoredKeys = hasStoredKeys
    self.readFile = readFile
    self.findLocalServers = findLocalServers
  }
}

/// What the command line says about the configuration.
package struct ConfigurationFlags: Sendable {
  package var configurationPath: String?
  package var environmentFile: String?
  /// `host:port`.
  package var listen: String?
  package var socketPath: String?
  package var logLevel: String?
  package var logFormat: String?

  package init(
    configurationPath: String? = nil, environmentFile: String? = nil, listen: String? = nil,
    socketPath: String? = nil, logLevel: String? = nil, logFormat: String? = nil
  ) {
    self.configurationPath = configurationPath
    self.environmentFile = environmentFile
    self.listen = listen
    self.socketPath = socketPath
    self.logLevel = logLevel
    self.logFormat = logFormat
  }
}

/// What came of loading a configuration.
package struct LoadedConfiguration: Sendable {
  /// Nil as soon as there is one problem.
  package var settings: Settings?
  package var problems: [ConfigurationProblem]
  /// What the operator should know, one sentence each.
  package var notices: [String]
  /// Paths that were read, in the order of reading.
  package var filesRead: [String]
}
