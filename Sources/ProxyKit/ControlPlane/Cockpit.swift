/// The running gateway as its operator meets it: look, and ask.
///
/// The dashboard holds one in-process; the control server answers the socket with the same one.
package protocol Cockpit: Sendable {
  /// The newest picture; never blocks on the wire.
  func snapshot() -> LiveSnapshot
  /// Carries out one command on behalf of `actor` (`dashboard`, `uid:1000`, `signal`).
  func perform(_ command: ControlCommand, by actor: String) async throws(ControlFailure)
    -> ControlAnswer
}
