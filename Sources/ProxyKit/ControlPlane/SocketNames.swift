internal import Glibc

/// Where sockets of the control plane may lie, the same for the server and its clients.
package struct SocketNames: Sendable {
  /// The instance when nobody named one.
  package static let defaultInstance = "admin"
  /// The longest path that a Unix socket address holds, in bytes.
  package static let longestPath = 107

  var environment: [String: String]
  var userID: UInt32
  /// `/run`, except in tests.
  var runRoot: String

  /// `environment` needs the variables of `variables` only.
  package init(
    environment: [String: String], userID: UInt32 = getuid(), runRoot: String = "/run"
  ) {
    self.environment = environment
    self.userID = userID
    self.runRoot = runRoot
  }

  /// The environment variables that matter here.
  package static let variables = [
    "ANYLLM_SOCKET", "ANYLLM_INSTANCE", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "HOME",
  ]

  /// An environment variable, empty being the same as absent.
  subscript(name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The runtime directory of the user, when it can be trusted.
  var runtimeDirectory: String? {
    guard let path = self["XDG_RUNTIME_DIR"], path.hasPrefix("/"),
      FileFacts(path: path)?.isPrivateDirectory(of: userID) == true
    else { return nil }
    return path
  }

  var userRunDirectory: String { "\(runRoot)/user/\(userID)" }
  var systemDirectory: String { "\(runRoot)/anyllm" }

  var stateDirectory: String? {
    if let path = self["XDG_STATE_HOME"], path.hasPrefix("/") { return "\(path)/anyllm" }
    return self["HOME"].map { "\($0)/.local/state/anyllm" }
  }

  /// The name as it may be part of a file name.
  static func checked(instance: String) throws(ControlFailure) -> String {
    let isPlain = instance.utf8.allSatisfy {
      $0 == 0x2D || $0 == 0x5F || $0 == 0x2E || (0x30...0x39).contains($0)
        || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
    }
    guard isPlain, !instance.isEmpty, instance.utf8.count <= 64, !instance.hasPrefix(".") else {
      throw ControlFailure(
        .invalid, "`\(PlainText.cleaned(instance))` is not an instance name",
        hint: "Use letters, digits, `-`, `_` and `.`, 64 at most, such as `admin`.")
    }
    return instance
  }

  /// The path as it fits a socket address.
  static func checked(path: String) throws(ControlFailure) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw ControlFailure(
        .invalid, "the socket path is empty or holds a NUL", hint: "Give --socket a file path.")
    }
    guard path.utf8.count <= longestPath else {
      throw ControlFailure(
        .invalid,
        "the socket path has \(path.utf8.count) bytes, \(longestPath) are allowed: "
          + PlainText.cleaned(path),
        hint: "Choose a shorter path with --socket or ANYLLM_SOCKET.")
    }
    return path
  }
}
