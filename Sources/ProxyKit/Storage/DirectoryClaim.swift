internal import Glibc

/// The claim of one process to a store's directory; the kernel takes it back when the process dies.
@safe struct DirectoryClaim: ~Copyable, Sendable {
  private let descriptor: Int32

  /// Locks the file `anyllm.lock` in the directory.
  init(directory: String) throws(StorageFailure) {
    let path = directory + "/anyllm.lock"
    let opened = try openPrivateFile(path)
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let holder = readText(opened)
      close(opened)
      throw StorageFailure(
        .locked,
        "\(directory) is in use by another anyllm\(holder.isEmpty ? "" : " (process \(holder))"): "
          + "stop that one, or give this one another directory")
    }
    let mine = "\(getpid())"
    _ = ftruncate(opened, 0)
    _ = unsafe mine.withCString { unsafe pwrite(opened, $0, mine.utf8.count, 0) }
    descriptor = opened
  }

  deinit {
    // Closing is not enough: a child that is being started holds the descriptor until its exec.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

/// Creates the directory and those above it with mode 0700 where they are missing.
func makePrivateDirectory(_ path: String) throws(StorageFailure) {
  var made = path.hasPrefix("/") ? "" : "."
  for part in path.split(separator: "/") {
    made += "/" + part
    if unsafe mkdir(made, 0o700) != 0 && errno != EEXIST && !isDirectory(made) {
      throw notWritable(made)
    }
  }
  guard isDirectory(path) else {
    throw StorageFailure(
      .notWritable, "\(path) is not a directory: move that file, or name another directory")
  }
}

/// Opens a file for reading and writing that only its owner may read; narrows a wider mode.
func openPrivateFile(_ path: String) throws(StorageFailure) -> Int32 {
  let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
  guard descriptor >= 0 else { throw notWritable(path) }
  if fchmod(descriptor, 0o600) != 0 && errno == EPERM {
    close(descriptor)
    throw StorageFailure(
      .notWritable, "\(path) belongs to another user: run anyllm as that user, or change its owner")
  }
  return descriptor
}

/// The failure for a path that cannot be made or opened, from `errno`.
func notWritable(_ path: String) -> StorageFailure {
  let number = errno
  if number == ENOSPC || number == EDQUOT {
    return StorageFailure(
      .diskFull, "no room for \(path) (\(errorText(number))): free some space")
  }
  return StorageFailure(
    .notWritable,
    "cannot write \(path) (\(errorText(number))): give anyllm a directory it may write")
}

private func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

private func readText(_ descriptor: Int32) -> String {
  var bytes = [UInt8](repeating: 0, count: 32)
  let count = unsafe bytes.withUnsafeMutableBytes { buffer in
    unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
  }
  return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}
