internal import Glibc

/// Where the connections of a loop read into, one after another.
final class ReceiveBuffer: Sendable {
  private static let size = 65_536
  private let memory: Address

  init() {
    memory = unsafe Address(
      UnsafeMutableRawPointer.allocate(byteCount: ReceiveBuffer.size, alignment: 64))
  }

  deinit {
    unsafe memory.raw?.deallocate()
  }

  /// Reads what has come, like `recv`.
  func fill(from descriptor: Int32, _ tls: TLSSession?) -> Int {
    unsafe tls?.read(memory.raw, ReceiveBuffer.size)
      ?? recv(descriptor, memory.raw, ReceiveBuffer.size, 0)
  }

  /// Shows the first `count` bytes.
  func withBytes<Result>(_ count: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe body(UnsafeRawBufferPointer(start: memory.raw, count: count))
  }

  /// Has the first `count` bytes parsed; false when they are malformed.
  func parse(
    _ count: Int, with parser: inout ReplyParser, into output: inout ReplyParser.Output
  ) -> Bool {
    do throws(ReplyParser.Malformed) {
      try unsafe parser.take(
        UnsafeRawBufferPointer(start: memory.raw, count: count), into: &output)
      return true
    } catch {
      return false
    }
  }
}
