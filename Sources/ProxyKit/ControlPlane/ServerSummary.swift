/// The version of the control plane's language; the minor number grows with every addition.
package struct ControlAPI: Codable, Sendable, Equatable, CustomStringConvertible {
  package var major: Int
  package var minor: Int

  package init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// The version that this program speaks.
  package static let current = ControlAPI(major: 1, minor: 0)

  package var description: String { "\(major).\(minor)" }
}

/// Who answers on the socket.
package struct ServerSummary: Codable, Sendable, Equatable {
  package var version: String
  package var api: ControlAPI
  package var generation: Int
  package var state: ServingState

  package init(version: String, api: ControlAPI, generation: Int, state: ServingState) {
    self.version = version
    self.api = api
    self.generation = generation
    self.state = state
  }

  /// What the snapshot says about the server.
  package init(_ snapshot: LiveSnapshot) {
    self.init(
      version: snapshot.version, api: .current, generation: snapshot.generation,
      state: snapshot.state)
  }
}
