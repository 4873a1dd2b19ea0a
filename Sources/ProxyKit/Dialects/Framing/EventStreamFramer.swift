/// Cuts a byte stream into the frames of an AWS event stream, wherever the network cut it.
///
///     frame = total length (4) headers length (4) CRC of these 8 (4) headers payload CRC (4)
///
/// A length is believed only after its checksum was found right, and a frame is given out only
/// after all of it was. What is broken stays broken: nothing tells where the next frame begins.
package struct EventStreamFramer: Sendable {
  /// The largest frame that AWS sends.
  package static let maximumFrame = 24 << 20
  private static let prelude = 12
  private static let overhead = 16

  private let limit: Int
  private var buffer: [UInt8] = []
  /// Where the unfinished frame begins; what lies before it has been given out.
  private var start = 0
  /// The unfinished frame's lengths, once its prelude was found right.
  private var lengths: (frame: Int, headers: Int)?
  private var fault: BrokenStream?

  package init(maximumFrame: Int = EventStreamFramer.maximumFrame) {
    limit = maximumFrame
  }

  /// Whether the stream stands between two frames.
  package var isBetweenFrames: Bool { start == buffer.count }

  package mutating func append(_ piece: [UInt8]) {
    if start == buffer.count {
      buffer = piece
    } else if start == 0 {
      buffer.append(contentsOf: piece)
    } else {
      var rest: [UInt8] = []
      rest.reserveCapacity(buffer.count - start + piece.count)
      rest.append(contentsOf: buffer[start...])
      rest.append(contentsOf: piece)
      buffer = rest
    }
    start = 0
  }

  /// The next whole frame, or nil until more bytes arrive.
  package mutating func next() throws(BrokenStream) -> EventStreamFrame? {
    if let fault { throw fault }
    guard buffer.count - start >= Self.prelude else { return nil }
    let (frame, headers) = try readPrelude()
    guard buffer.count - start >= frame else { return nil }
    let end = start + frame
    guard checksum(start..<(end - 4)) == number(at: end - 4) else {
      throw broken("the checksum of a frame is wrong")
    }
    let head = (start + Self.prelude)..<(start + Self.prelude + headers)
    var scan = EventStreamHeaderScan(head)
    while scan.next(in: buffer.span) != nil {}
    guard scan.isAtEnd else { throw broken("the headers of a frame are no headers") }
    start = end
    lengths = nil
    return EventStreamFrame(buffer, head: head, body: head.upperBound..<(end - 4))
  }

  /// The stream has ended: it must not have done so inside a frame.
  package mutating func finish() throws(BrokenStream) {
    if let fault { throw fault }
    guard isBetweenFrames else { throw broken("the stream ended inside a frame") }
  }

  private mutating func readPrelude() throws(BrokenStream) -> (frame: Int, headers: Int) {
    if let lengths { return lengths }
    guard checksum(start..<(start + 8)) == number(at: start + 8) else {
      throw broken("the checksum of a frame's beginning is wrong")
    }
    let found = (frame: Int(number(at: start)), headers: Int(number(at: start + 4)))
    guard found.frame >= Self.overhead, found.headers <= found.frame - Self.overhead else {
      throw broken("the lengths of a frame contradict each other")
    }
    guard found.frame <= limit else {
      throw broken("a frame is larger than \(limit) bytes")
    }
    lengths = found
    return found
  }

  private mutating func broken(_ reason: String) -> BrokenStream {
    let broken = BrokenStream(reason: reason)
    fault = broken
    buffer = []
    start = 0
    return broken
  }

  private func checksum(_ range: Range<Int>) -> UInt32 {
    var crc = CRC32()
    crc.take(buffer.span.extracting(range))
    return crc.value
  }

  private func number(at index: Int) -> UInt32 {
    UInt32(buffer[index]) << 24 | UInt32(buffer[index + 1]) << 16
      | UInt32(buffer[index + 2]) << 8 | UInt32(buffer[index + 3])
  }
}
