internal import CZlib
internal import Synchronization

/// Undoes gzip and zlib compression of a body that comes in pieces.
final class Inflater: Sendable {
  /// What is wrong with the input, or what it would become is too large.
  struct Malformed: Error {}

  /// One piece may not become more than this.
  private static let mostMade = 32 << 20

  private let stream: Mutex<Address>

  /// Nothing when the coding is another one.
  init?(coding: String) {
    guard ["gzip", "x-gzip", "deflate"].contains(where: { $0.equalsIgnoringCase(coding) }) else {
      return nil
    }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    self.stream = unsafe Mutex(Address(stream))
    guard unsafe anyllm_inflate_begin(stream) == Z_OK else { return nil }
  }

  deinit {
    guard let stream = unsafe stream.withLock({ $0 }).pointer(to: unsafe z_stream.self) else {
      return
    }
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// What the next piece of the compressed body becomes.
  func inflate(_ bytes: [UInt8]) throws(Malformed) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    var made: [UInt8] = []
    let isFine = stream.withLock { address -> Bool in
      guard let stream = unsafe address.pointer(to: z_stream.self) else { return false }
      return unsafe bytes.withUnsafeBufferPointer { source in
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: source.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(source.count)
        return unsafe Inflater.run(stream, into: &made)
      }
    }
    guard isFine else { throw Malformed() }
    return made
  }

  private static func run(_ stream: UnsafeMutablePointer<z_stream>, into made: inout [UInt8])
    -> Bool
  {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32_768) { room in
      while true {
        unsafe stream.pointee.next_out = room.baseAddress
        unsafe stream.pointee.avail_out = UInt32(room.count)
        let result = unsafe CZlib.inflate(stream, Z_SYNC_FLUSH)
        unsafe made.append(contentsOf: room[..<(room.count - Int(stream.pointee.avail_out))])
        guard made.count <= mostMade else { return false }
        switch result {
        case Z_STREAM_END:
          // A gzip body may have several members.
          if unsafe stream.pointee.avail_in == 0 { return true }
          guard unsafe inflateReset(stream) == Z_OK else { return false }
        case Z_OK:
          if unsafe stream.pointee.avail_in == 0, unsafe stream.pointee.avail_out > 0 {
            return true
          }
        case Z_BUF_ERROR: return true
        default: return false
        }
      }
    }
  }
}
