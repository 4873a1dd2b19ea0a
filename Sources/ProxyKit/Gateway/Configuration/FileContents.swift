internal import Glibc

/// What came of reading a small file.
package enum FileContents: Sendable, Equatable {
  case bytes([UInt8])
  case missing
  case unreadable(String)

  /// Reads a file of at most a few MiB; pipes too.
  package static func read(_ path: String) -> FileContents {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      return errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(reason())
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return .unreadable(reason()) }
      guard count > 0 else { return .bytes(bytes) }
      bytes += chunk.prefix(count)
      guard bytes.count <= 4 << 20 else { return .unreadable("larger than 4 MiB") }
    }
  }

  private static func reason() -> String {
    unsafe String(cString: strerror(errno))
  }
}
