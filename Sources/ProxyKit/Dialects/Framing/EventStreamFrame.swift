/// One frame of an AWS event stream, windows on the bytes it came in.
package struct EventStreamFrame: Sendable {
  private let bytes: [UInt8]
  private let head: Range<Int>
  private let body: Range<Int>

  /// Takes a frame whose headers have been found to be in order.
  init(_ bytes: [UInt8], head: Range<Int>, body: Range<Int>) {
    self.bytes = bytes
    self.head = head
    self.body = body
  }

  package var payload: ArraySlice<UInt8> { bytes[body] }

  package var headers: EventStreamHeaders { EventStreamHeaders(bytes, head) }

  /// The text of a header; nil when it is absent or something else than text.
  package func text(_ name: StaticString) -> ArraySlice<UInt8>? {
    textRange(name).map { bytes[$0] }
  }

  /// Whether a header is there and is just this text.
  package func has(_ name: StaticString, _ expected: StaticString) -> Bool {
    guard let range = textRange(name) else { return false }
    return bytes.span.extracting(range).equals(expected)
  }

  private func textRange(_ name: StaticString) -> Range<Int>? {
    let span = bytes.span
    var scan = EventStreamHeaderScan(head)
    while let found = scan.next(in: span) {
      guard span.extracting(found.name).equals(name) else { continue }
      return found.type == EventStreamHeaderScan.text ? found.value : nil
    }
    return nil
  }
}

/// The value of a header, in one of the ten types there are.
package enum EventStreamValue: Sendable, Equatable {
  case bool(Bool)
  case byte(Int8)
  case short(Int16)
  case integer(Int32)
  case long(Int64)
  case bytes(ArraySlice<UInt8>)
  case text(ArraySlice<UInt8>)
  /// Milliseconds since 1970.
  case timestamp(Int64)
  case uuid(ArraySlice<UInt8>)
}

/// Walks the headers of a frame.
package struct EventStreamHeaders: Sequence, IteratorProtocol, Sendable {
  /// One header.
  package typealias Header = (name: ArraySlice<UInt8>, value: EventStreamValue)

  private let bytes: [UInt8]
  private var scan: EventStreamHeaderScan

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    scan = EventStreamHeaderScan(range)
  }

  package mutating func next() -> Header? {
    let bytes = bytes
    guard let found = scan.next(in: bytes.span) else { return nil }
    return (bytes[found.name], value(of: found.type, bytes[found.value]))
  }

  private func value(of type: UInt8, _ bytes: ArraySlice<UInt8>) -> EventStreamValue {
    switch type {
    case 0: .bool(true)
    case 1: .bool(false)
    case 2: .byte(Int8(truncatingIfNeeded: bytes.number))
    case 3: .short(Int16(truncatingIfNeeded: bytes.number))
    case 4: .integer(Int32(truncatingIfNeeded: bytes.number))
    case 5: .long(Int64(bitPattern: bytes.number))
    case 6: .bytes(bytes)
    case EventStreamHeaderScan.text: .text(bytes)
    case 8: .timestamp(Int64(bitPattern: bytes.number))
    default: .uuid(bytes)
    }
  }
}

/// Finds where the headers of a frame and their values lie.
///
///     header = name length (1) name type (1) value
struct EventStreamHeaderScan {
  /// The type of text.
  static let text: UInt8 = 7

  private var at: Int
  private let end: Int

  init(_ range: Range<Int>) {
    at = range.lowerBound
    end = range.upperBound
  }

  /// Whether nothing is left, which after the last header means that all were in order.
  var isAtEnd: Bool { at == end }

  /// The next header; nil at the end and where the bytes are no header.
  @inline(__always)
  mutating func next(
    in bytes: borrowing Span<UInt8>
  ) -> (name: Range<Int>, type: UInt8, value: Range<Int>)? {
    guard at < end, bytes[at] > 0 else { return nil }
    let name = (at &+ 1)..<(at &+ 1 &+ Int(bytes[at]))
    guard name.upperBound < end else { return nil }
    let type = bytes[name.upperBound]
    var start = name.upperBound &+ 1
    let count: Int
    switch type {
    case 0, 1: count = 0
    case 2: count = 1
    case 3: count = 2
    case 4: count = 4
    case 5, 8: count = 8
    case 6, 7:
      guard start &+ 2 <= end else { return nil }
      count = Int(bytes[start]) << 8 | Int(bytes[start &+ 1])
      start &+= 2
    case 9: count = 16
    default: return nil
    }
    guard start &+ count <= end else { return nil }
    at = start &+ count
    return (name, type, start..<at)
  }
}

extension ArraySlice<UInt8> {
  /// The number that the bytes are, the highest of them first.
  fileprivate var number: UInt64 { reduce(0) { $0 << 8 | UInt64($1) } }
}
