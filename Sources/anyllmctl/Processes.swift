import Glibc

/// Other programs, and what they get from this one.
struct Processes: Sendable {
  /// All variables of this process.
  var environment: @Sendable () -> [String: String]
  /// Turns this process into another program, and comes back with the reason when it cannot.
  ///
  /// A variable without a value is taken away.
  var become: @Sendable (_ words: [String], _ variables: [String: String?]) -> Int32
  /// Runs a program to its end, standard error passed through; nil when it cannot be started.
  var capture: @Sendable (_ words: [String]) -> Capture?
  /// Writes a file of the owner's that was not there before; otherwise says why not.
  var create: @Sendable (_ path: String, _ bytes: [UInt8]) -> Int32

  /// What a program wrote and how it ended.
  struct Capture: Sendable, Equatable {
    var out: [UInt8]
    var code: Int32
  }
}

extension Processes {
  /// Those of the machine.
  static let ofSystem = Processes(
    environment: variables, become: become, capture: capture, create: create)

  private static func variables() -> [String: String] {
    var all: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let pair = unsafe String(cString: text).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { all[String(pair[0])] = String(pair[1]) }
      unsafe entry += 1
    }
    return all
  }

  private static func become(_ words: [String], _ variables: [String: String?]) -> Int32 {
    for (name, value) in variables {
      if let value {
        unsafe setenv(name, value, 1)
      } else {
        unsafe unsetenv(name)
      }
    }
    return unsafe withArguments(words) { arguments in
      unsafe execvp(words.first ?? "", arguments)
      return errno
    }
  }

  private static func capture(_ words: [String]) -> Capture? {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    defer { close(ends[0]) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    unsafe posix_spawn_file_actions_addclose(&actions, ends[0])
    unsafe posix_spawn_file_actions_addclose(&actions, ends[1])
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    var process = pid_t()
    let failure = unsafe withArguments(words) { arguments in
      unsafe posix_spawnp(&process, words.first ?? "", &actions, nil, arguments, environ)
    }
    close(ends[1])
    guard failure == 0 else { return nil }
    var out: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe read(ends[0], $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      out += piece.prefix(count)
    }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return Capture(out: out, code: status & 0x7F == 0 ? status >> 8 & 0xFF : 1)
  }

  private static func create(_ path: String, _ bytes: [UInt8]) -> Int32 {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return errno }
      rest = rest.dropFirst(count)
    }
    return 0
  }

  private static func withArguments<Result>(
    _ words: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = unsafe words.map { unsafe strdup($0) }
    defer { unsafe copies.forEach { unsafe free($0) } }
    var arguments = unsafe copies + [nil]
    return unsafe arguments.withUnsafeMutableBufferPointer { buffer in
      // An array with a nil at its end has a first place.
      guard let base = buffer.baseAddress else { preconditionFailure("no arguments") }
      return unsafe body(base)
    }
  }
}
