internal import ControlPlane
internal import Gateway

/// Where the program meets the gateway: the only place that knows which one runs.
enum Launch {
  static func start(_ flags: Flags) async throws(StartFailure) -> any GatewayProcess {
    if let path = flags.fixturePath { return try FixtureGateway(path: path) }
    return try await RunningGateway.start(options(flags))
  }

  /// Every problem of the configuration, without starting anything.
  static func check(_ flags: Flags) -> [String] { RunningGateway.check(options(flags)) }

  private static func options(_ flags: Flags) -> LaunchOptions {
    LaunchOptions(
      configurationPath: flags.configurationPath, environmentFile: flags.environmentFile,
      listen: flags.listen, socketPath: flags.socketPath)
  }
}

extension RunningGateway: GatewayProcess {}
