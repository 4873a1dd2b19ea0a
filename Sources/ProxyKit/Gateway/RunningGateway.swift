/// What the command line decided before the gateway starts.
package struct LaunchOptions: Sendable {
  package var configurationPath: String?
  package var environmentFile: String?
  /// `host:port`, instead of what the configuration says.
  package var listen: String?
  package var socketPath: String?

  package init(
    configurationPath: String? = nil, environmentFile: String? = nil, listen: String? = nil,
    socketPath: String? = nil
  ) {
    self.configurationPath = configurationPath
    self.environmentFile = environmentFile
    self.listen = listen
    self.socketPath = socketPath
  }
}

/// Why the gateway could not start, every problem at once.
package struct StartFailure: Error, Sendable {
  package var problems: [String]

  package init(problems: [String]) {
    self.problems = problems
  }
}
