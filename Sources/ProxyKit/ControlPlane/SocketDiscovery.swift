internal import Glibc

/// Finds the socket of a running gateway.
package struct SocketDiscovery: Sendable {
  /// One place that was looked at, and what was there.
  package struct Attempt: Sendable, Equatable {
    /// The rule that named the place, such as `--socket` or `XDG_RUNTIME_DIR`.
    package var rule: String
    package var path: String
    package var finding: String
  }

  /// The socket, and the way to it.
  package struct Finding: Sendable, Equatable {
    package var path: String
    package var attempts: [Attempt]
  }

  var socket: String?
  var instance: String?
  var names: SocketNames

  /// `socket` and `instance` are what the command line said.
  package init(socket: String? = nil, instance: String? = nil, names: SocketNames) {
    self.socket = socket
    self.instance = instance
    self.names = names
  }

  /// The first place that holds a socket; what was tried is told either way.
  package func find() throws(ControlFailure) -> Finding {
    if let socket { return try only(socket, rule: "--socket") }
    if instance == nil, let socket = names["ANYLLM_SOCKET"] {
      return try only(socket, rule: "ANYLLM_SOCKET")
    }
    let name = try SocketNames.checked(
      instance: instance ?? names["ANYLLM_INSTANCE"] ?? SocketNames.defaultInstance)
    var attempts: [Attempt] = []
    for place in try places(name) {
      let finding = Self.look(at: place.path)
      attempts.append(Attempt(rule: place.rule, path: place.path, finding: finding.words))
      if finding.isSocket { return Finding(path: place.path, attempts: attempts) }
    }
    if let skipped = names["XDG_RUNTIME_DIR"], names.runtimeDirectory == nil {
      attempts.insert(
        Attempt(
          rule: "XDG_RUNTIME_DIR", path: skipped,
          finding: "skipped: not a directory of yours with mode 0700"), at: 0)
    }
    throw Self.nothingFound(attempts)
  }

  /// Says what was tried, one place a line.
  package static func describe(_ attempts: [Attempt]) -> [String] {
    attempts.map { "\(PlainText.cleaned($0.path)) (\($0.rule)): \($0.finding)" }
  }

  private func places(
    _ name: String
  ) throws(ControlFailure) -> [(rule: String, path: String)] {
    var places: [(rule: String, path: String)] = []
    if let directory = names.runtimeDirectory {
      places.append(("XDG_RUNTIME_DIR", "\(directory)/anyllm/\(name).sock"))
    }
    let userRun = "\(names.userRunDirectory)/anyllm/\(name).sock"
    if places.first?.path != userRun { places.append(("user runtime directory", userRun)) }
    places.append(("system service", "\(names.systemDirectory)/\(name).sock"))
    if let directory = names.stateDirectory {
      places.append(("state directory", "\(directory)/\(name).sock"))
    }
    // A place too long for an address cannot hold a socket.
    return places.filter { $0.path.utf8.count <= SocketNames.longestPath }
  }

  private func only(_ path: String, rule: String) throws(ControlFailure) -> Finding {
    let path = try SocketNames.checked(path: path)
    let finding = Self.look(at: path)
    let attempts = [Attempt(rule: rule, path: path, finding: finding.words)]
    if finding.isSocket { return Finding(path: path, attempts: attempts) }
    throw Self.nothingFound(attempts)
  }

  private static func look(at path: String) -> (isSocket: Bool, words: String) {
    var status = stat()
    // A link to a socket is fine for a client: it is the owner's own doing.
    guard unsafe stat(path, &status) == 0 else {
      let number = errno
      // A directory that we may not enter might hold it: let connecting say so.
      if number == EACCES { return (true, "may not be looked at") }
      return (false, number == ENOENT ? "not there" : systemWords(number))
    }
    return status.st_mode & S_IFMT == S_IFSOCK ? (true, "found") : (false, "not a socket")
  }

  private static func nothingFound(_ attempts: [Attempt]) -> ControlFailure {
    ControlFailure(
      .unreachable,
      (["no running gateway found; looked at"] + describe(attempts).map { "  \($0)" })
        .joined(separator: "\n"),
      hint: "Is anyllm-tui running? Start it, or name its socket with --socket PATH.")
  }
}
