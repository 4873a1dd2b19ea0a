internal import ControlPlane
internal import Gateway

/// Where the program meets the gateway: the only place that knows which one runs.
enum Launch {
  static func start(_ flags: Flags) async throws(StartFailure) -> any GatewayProcess {
    if let path = flags.fixturePath { return try FixtureGateway(path: path) }
    throw StartFailure(problems: ["the gateway is not part of this build yet; use --fixture FILE"])
  }

  /// Every problem of the configuration, without starting anything.
  static func check(_ flags: Flags) -> [String] { [] }
}
