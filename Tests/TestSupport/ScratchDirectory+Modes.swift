import Glibc

extension ScratchDirectory {
  /// The permissions of an entry and of the directory itself.
  package func modes(of name: String) throws -> (file: UInt32, directory: UInt32) {
    var entry = stat()
    var directory = stat()
    guard unsafe lstat(path(name), &entry) == 0, unsafe lstat(path, &directory) == 0 else {
      throw SocketFailure("lstat")
    }
    return (entry.st_mode & 0o777, directory.st_mode & 0o777)
  }
}
