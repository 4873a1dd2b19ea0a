internal import Dialects
internal import Glibc
internal import Transport

/// Seals upstream secrets before they are stored.
///
/// The key is made of the database's own secret and of a file beside it that only its owner can
/// read. A copy of the database (a backup, a bug report, a stolen disk image without that file)
/// tells nothing. Whoever can read the files of the gateway's user, or its memory, can open it all:
/// the gateway has to open them without a person, and so can who stands in its place.
struct Strongbox: Sendable {
  /// Why there is no key, and what to do.
  struct Fault: Error, Equatable {
    let message: String
  }

  static let fileName = "sealing.key"

  private static let prefix = "sealed:1:"

  private let sealer: Sealer

  /// Reads the key's file, or makes it when there is none.
  init(directory: String, installSecret: [UInt8]) throws(Fault) {
    let path = PathText.joined(directory, Self.fileName)
    sealer = Sealer(secret: try Self.readOrMake(path), and: installSecret)
  }

  init(sealer: Sealer) {
    self.sealer = sealer
  }

  /// A secret as it may be stored; the place, such as `backends/NAME/api_key`, opens it again.
  func seal(_ secret: Secret, place: String) -> String {
    Self.prefix + Base64.urlText(sealer.seal(Array(secret.reveal().utf8), place: place))
  }

  /// The secret that was stored; nil when it was not sealed here, for that place.
  func open(_ text: String, place: String) -> Secret? {
    guard text.hasPrefix(Self.prefix),
      let sealed = Base64.decode(Array(text.dropFirst(Self.prefix.count).utf8)[...]),
      let plain = try? sealer.open(sealed, place: place)
    else { return nil }
    return Secret(String(decoding: plain, as: UTF8.self))
  }

  /// Whether a stored text is a sealed secret.
  static func isSealed(_ text: String) -> Bool { text.hasPrefix(prefix) }

  private static func readOrMake(_ path: String) throws(Fault) -> [UInt8] {
    let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let made = unsafe Glibc.open(path, flags, 0o600)
    guard made >= 0 else {
      guard errno == EEXIST else { throw fault(path, "cannot be made: \(reason())") }
      return try read(path)
    }
    defer { close(made) }
    let key = Digest.randomBytes(32)
    guard unsafe write(made, key, key.count) == key.count, fsync(made) == 0 else {
      let reason = reason()
      _ = unsafe unlink(path)
      throw fault(path, "cannot be written: \(reason)")
    }
    return key
  }

  private static func read(_ path: String) throws(Fault) -> [UInt8] {
    let file = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { throw fault(path, "cannot be read: \(reason())") }
    defer { close(file) }
    var facts = stat()
    guard unsafe fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw fault(path, "is no file")
    }
    guard facts.st_mode & 0o077 == 0 else {
      throw fault(path, "can be read by others; set its mode to 600, and renew what it sealed")
    }
    var key = [UInt8](repeating: 0, count: 33)
    guard unsafe Glibc.read(file, &key, key.count) == 32 else {
      throw fault(
        path,
        "has not the 32 bytes of a key; restore it, or remove it and give the "
          + "secrets again")
    }
    return Array(key.prefix(32))
  }

  private static func fault(_ path: String, _ what: String) -> Fault {
    Fault(message: "the key of stored secrets, \(path), \(what)")
  }

  private static func reason() -> String { unsafe String(cString: strerror(errno)) }
}
