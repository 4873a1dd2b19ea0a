internal import Glibc

/// What the file system says about one path, links not followed.
package struct FileFacts: Equatable {
  /// What lies there.
  package enum Kind { case file, directory, link, socket, other }

  package var kind: Kind
  package var owner: UInt32
  /// Permission bits only.
  package var mode: UInt32
  var device: UInt64
  var inode: UInt64

  /// Nil when nothing is there or it cannot be looked at.
  package init?(path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Nil when the descriptor is not open.
  init?(descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .directory
    case S_IFLNK: kind = .link
    case S_IFSOCK: kind = .socket
    default: kind = .other
    }
    owner = status.st_uid
    mode = UInt32(status.st_mode & 0o7777)
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }

  /// True for a directory of this user that nobody else can look into.
  func isPrivateDirectory(of user: UInt32) -> Bool {
    kind == .directory && owner == user && mode & 0o077 == 0
  }
}

/// The system's own words for an error number.
func systemWords(_ number: Int32) -> String {
  unsafe String(cString: strerror(number))
}
