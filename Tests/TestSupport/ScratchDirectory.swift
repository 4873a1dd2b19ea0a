import Glibc

/// A directory of the test's own with mode 0700, removed with its content when the test lets go.
package final class ScratchDirectory: Sendable {
  /// Without a trailing slash; short, so that sockets fit.
  package let path: String

  package init() throws {
    var template = Array("/tmp/anyllm-test.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw StubFailure(what: "no directory for a test")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    Self.remove(path)
  }

  private static func remove(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR, let entries = unsafe opendir(path) {
      while let entry = unsafe readdir(entries) {
        let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { remove("\(path)/\(name)") }
      }
      unsafe closedir(entries)
    }
    _ = unsafe Glibc.remove(path)
  }

  /// A path inside the directory.
  package func path(_ name: String) -> String {
    "\(path)/\(name)"
  }

  /// Makes a directory inside, its parents with mode 0700, and returns its path.
  @discardableResult
  package func makeDirectory(_ name: String, mode: UInt32 = 0o700) -> String {
    var made = path
    for part in name.split(separator: "/") {
      made += "/\(part)"
      _ = unsafe mkdir(made, 0o700)
    }
    // Past the process umask.
    _ = unsafe chmod(made, mode)
    return made
  }

  /// Writes a file inside and returns its path.
  @discardableResult
  package func write(_ text: String, to name: String, mode: UInt32 = 0o600) -> String {
    let file = unsafe open(path(name), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, mode)
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
    fchmod(file, mode)
    close(file)
    return path(name)
  }
}
