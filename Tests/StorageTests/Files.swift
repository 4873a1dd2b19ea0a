internal import Glibc
internal import Storage
internal import TestSupport

extension ScratchDirectory {
  /// The names of the files in it.
  var files: [String] { names(in: path) }

  func mode(of name: String) -> UInt32 {
    var status = stat()
    guard unsafe stat(path + "/" + name, &status) == 0 else { return 0 }
    return status.st_mode & 0o777
  }

  /// Copies all files as they are at this moment, as a killed process would leave them.
  func copy(to target: ScratchDirectory) throws {
    for name in files {
      writeFile(target.path + "/" + name, try readFile(path + "/" + name))
    }
  }
}

func names(in path: String) -> [String] {
  guard let directory = unsafe opendir(path) else { return [] }
  defer { unsafe closedir(directory) }
  var names: [String] = []
  while let entry = unsafe readdir(directory) {
    let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

func removeTree(_ path: String) {
  for name in names(in: path) {
    let inner = path + "/" + name
    if unsafe unlink(inner) != 0 { removeTree(inner) }
  }
  _ = unsafe rmdir(path)
}

func readFile(_ path: String) throws -> [UInt8] {
  let descriptor = unsafe open(path, O_RDONLY)
  guard descriptor >= 0 else { throw StorageFailure(.notFound, path) }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
  let count = unsafe bytes.withUnsafeMutableBytes { buffer in
    unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
  }
  guard count == bytes.count else { throw StorageFailure(.inputOutput, path) }
  return bytes
}

func writeFile(_ path: String, _ bytes: [UInt8]) {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
}
