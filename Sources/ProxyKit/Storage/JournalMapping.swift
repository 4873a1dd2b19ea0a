internal import Glibc

/// Bytes that outlive the process: a file mapped with `MAP_SHARED`, whose pages the kernel keeps
/// when the process is killed.
///
/// The address is kept as a number so that the type is `Sendable`; every access is checked
/// against the size. Who may touch which range, and when, is the business of `RecordQueue`.
@safe final class JournalMapping: Sendable {
  let byteCount: Int
  private let address: UInt

  /// Maps the file whole; it must have `byteCount` bytes already.
  init(descriptor: Int32?, byteCount: Int) throws(StorageFailure) {
    let flags = MAP_SHARED | (descriptor == nil ? MAP_ANONYMOUS : 0)
    let mapped = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, flags, descriptor ?? -1, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
      throw StorageFailure(
        .inputOutput, "cannot map the journal (\(errorText(errno))); free some memory")
    }
    address = UInt(bitPattern: mapped)
    self.byteCount = byteCount
  }

  deinit { unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount) }

  func load(_ offset: Int) -> UInt64 {
    unsafe place(offset, 8).load(as: UInt64.self)
  }

  func store(_ value: UInt64, at offset: Int) {
    unsafe place(offset, 8).storeBytes(of: value, as: UInt64.self)
  }

  func copyIn(_ bytes: [UInt8], at offset: Int) {
    let target = unsafe place(offset, bytes.count)
    unsafe bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      unsafe target.copyMemory(from: base, byteCount: source.count)
    }
  }

  /// Takes the pages from where `start` lies to before where `end` lies out of the process's
  /// memory; the file keeps what they hold, and they come back when they are touched.
  func unload(from start: Int, to end: Int) {
    let page = 4096
    let first = start / page * page
    let count = end / page * page - first
    guard count > 0 else { return }
    _ = unsafe madvise(place(first, count), count, MADV_DONTNEED)
  }

  func bytes(at offset: Int, count: Int) -> [UInt8] {
    unsafe [UInt8](UnsafeRawBufferPointer(start: place(offset, count), count: count))
  }

  private func place(_ offset: Int, _ count: Int) -> UnsafeMutableRawPointer {
    precondition(offset >= 0 && count >= 0 && offset <= byteCount - count, "outside the journal")
    guard let base = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      preconditionFailure("a mapping is never at zero")
    }
    return unsafe base + offset
  }
}

/// The system's sentence for an error number.
func errorText(_ number: Int32) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}
