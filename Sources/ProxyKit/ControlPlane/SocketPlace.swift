internal import Glibc

/// Where a gateway puts its socket, and the lock file beside it.
package struct SocketPlace: Sendable, Equatable {
  /// The socket itself.
  package let path: String
  /// Held as long as the gateway lives; the lock, not the socket file, says who owns the place.
  package let lockPath: String
  let directory: String
  /// True for a path that the operator named: its directory may be looked into by others.
  let isChosen: Bool

  /// The operator's path, or the first place where a directory of ours can be.
  package static func choose(
    socket: String? = nil, instance: String? = nil, names: SocketNames
  ) throws(ControlFailure) -> SocketPlace {
    if let socket = socket ?? (instance == nil ? names["ANYLLM_SOCKET"] : nil) {
      return try SocketPlace(path: socket, isChosen: true)
    }
    let name = try SocketNames.checked(
      instance: instance ?? names["ANYLLM_INSTANCE"] ?? SocketNames.defaultInstance)
    guard let directory = defaultDirectory(names) else {
      throw ControlFailure(
        .invalid, "no place for the control socket: no runtime directory and no home",
        hint: "Name one with --socket PATH, or set XDG_RUNTIME_DIR.")
    }
    return try SocketPlace(path: "\(directory)/\(name).sock", isChosen: false)
  }

  private static func defaultDirectory(_ names: SocketNames) -> String? {
    if let directory = names.runtimeDirectory { return "\(directory)/anyllm" }
    if FileFacts(path: names.userRunDirectory)?.isPrivateDirectory(of: names.userID) == true {
      return "\(names.userRunDirectory)/anyllm"
    }
    let system = FileFacts(path: names.systemDirectory)
    if system?.owner == names.userID || (system == nil && names.userID == 0) {
      return names.systemDirectory
    }
    return names.stateDirectory
  }

  private init(path: String, isChosen: Bool) throws(ControlFailure) {
    let path = try SocketNames.checked(path: path)
    self.path = path
    self.isChosen = isChosen
    if let slash = path.lastIndex(of: "/") {
      directory = slash == path.startIndex ? "/" : String(path[..<slash])
    } else {
      directory = "."
    }
    lockPath = (path.hasSuffix(".sock") ? String(path.dropLast(5)) : path) + ".lock"
    guard !path.hasSuffix("/"), path != lockPath else {
      throw ControlFailure(
        .invalid, "`\(PlainText.cleaned(path))` cannot be a socket",
        hint: "Give a file name, such as /run/anyllm/admin.sock.")
    }
  }

  /// Makes the directory, takes the lock and clears away what a dead gateway left.
  package func claim() throws(ControlFailure) -> SocketClaim {
    try prepareDirectory()
    let lock = try takeLock()
    // The lock is ours, so a socket that lies here belongs to nobody alive.
    if let leftover = FileFacts(path: path) {
      guard leftover.kind == .socket else {
        close(lock)
        throw ControlFailure(
          .conflict, "`\(PlainText.cleaned(path))` exists and is not a socket",
          hint: "Move it away, or choose another path with --socket.")
      }
      _ = unsafe unlink(path)
    }
    return SocketClaim(place: self, lock: lock)
  }

  private func prepareDirectory() throws(ControlFailure) {
    if FileFacts(path: directory) == nil { try makeDirectory(directory) }
    guard let facts = FileFacts(path: directory) else {
      throw ControlFailure(
        .failed, "cannot look at directory `\(directory)`: \(systemWords(errno))",
        hint: "Choose another place with --socket PATH.")
    }
    let user = geteuid()
    let name = PlainText.cleaned(directory)
    guard facts.kind == .directory || (isChosen && directory == ".") else {
      throw ControlFailure(
        .notPermitted, "`\(name)` is \(facts.kind == .link ? "a symbolic link" : "no directory")",
        hint: "Remove it, or choose another place with --socket PATH.")
    }
    if isChosen {
      let isSticky = facts.mode & 0o1000 != 0
      guard facts.owner == user || facts.owner == 0, isSticky || facts.mode & 0o022 == 0 else {
        throw ControlFailure(
          .notPermitted, "others may replace files in `\(name)`",
          hint: "Use a directory that only you can write to (chmod 700).")
      }
    } else if !facts.isPrivateDirectory(of: user) {
      throw ControlFailure(
        .notPermitted,
        "`\(name)` belongs to uid \(facts.owner) with mode 0\(String(facts.mode, radix: 8)); "
          + "it must be yours alone",
        hint: "Run `chmod 700 \(name)`, or choose another place with --socket PATH.")
    }
  }

  private func makeDirectory(_ path: String) throws(ControlFailure) {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    let number = errno
    if number == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeDirectory(String(path[..<slash]))
      if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    }
    throw ControlFailure(
      .failed, "cannot make directory `\(PlainText.cleaned(path))`: \(systemWords(number))",
      hint: "Choose another place with --socket PATH.")
  }

  private func takeLock() throws(ControlFailure) -> Int32 {
    let lock = unsafe open(lockPath, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else {
      throw ControlFailure(
        .failed, "cannot open `\(PlainText.cleaned(lockPath))`: \(systemWords(errno))",
        hint: "Choose another place with --socket PATH.")
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(lock)
      close(lock)
      throw ControlFailure(
        .conflict,
        "another gateway\(holder.map { " (pid \($0))" } ?? "") already serves "
          + PlainText.cleaned(path),
        hint: "Stop it, or start this one with --socket PATH.")
    }
    let note = Array("\(getpid())\n".utf8)
    _ = ftruncate(lock, 0)
    _ = unsafe note.withUnsafeBytes { unsafe pwrite(lock, $0.baseAddress, $0.count, 0) }
    return lock
  }

  private static func holder(_ lock: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(lock, $0.baseAddress, 20, 0) }
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count], as: UTF8.self).prefix { $0.isNumber })
  }
}
