/// A file that is part of the program: mapped read-only, never freed, little-endian.
///
/// Offsets come from the file itself or are masked by its sizes, so reads are checked in debug
/// builds only.
@safe struct EmbeddedBytes {
  private let start: UnsafePointer<UInt8>
  let count: Int

  /// Takes the first byte of an embedded file and the place behind its last.
  init(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) {
    unsafe self.start = unsafe start
    count = unsafe end - start
  }

  @inline(__always)
  func byte(_ offset: Int) -> UInt8 {
    assert(offset >= 0 && offset < count)
    return unsafe start[offset]
  }

  @inline(__always)
  func half(_ offset: Int) -> UInt16 {
    assert(offset >= 0 && offset &+ 2 <= count)
    return unsafe UnsafeRawPointer(start).loadUnaligned(fromByteOffset: offset, as: UInt16.self)
  }

  @inline(__always)
  func word(_ offset: Int) -> UInt32 {
    assert(offset >= 0 && offset &+ 4 <= count)
    return unsafe UnsafeRawPointer(start).loadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }

  @inline(__always)
  func long(_ offset: Int) -> UInt64 {
    assert(offset >= 0 && offset &+ 8 <= count)
    return unsafe UnsafeRawPointer(start).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  /// A copy of the bytes from one offset to another.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    assert(range.lowerBound >= 0 && range.upperBound <= count)
    return unsafe Array(UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
  }
}
