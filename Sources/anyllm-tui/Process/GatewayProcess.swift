internal import ControlPlane

/// What the program needs of the gateway beside the cockpit.
protocol GatewayProcess: Cockpit {
  /// Stops accepting and waits for the exchanges in flight; returns when none is left or time is up.
  func drain(within time: Duration) async
  /// Ends at once, flushing what was recorded.
  func stop() async
}
