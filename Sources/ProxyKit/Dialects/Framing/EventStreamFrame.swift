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

  package var headers: EventStreamHeaders { EventStreamHeaders(bytes[head]) }

  /// The text of a header; nil when it is absent or something else than text.
  package func text(_ name: StaticString) -> ArraySlice<UInt8>? {
    for header in headers where header.name.span.equals(name) {
      guard case .text(let text) = header.value else { return nil }
      return text
    }
    return nil
  }

  /// Whether a header is there and is just this text.
  package func has(_ name: StaticString, _ expected: StaticString) -> Bool {
    guard let text = text(name) else { return false }
    return text.span.equals(expected)
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
///
///     header = name length (1) name type (1) value
package struct EventStreamHeaders: Sequence, IteratorProtocol, Sendable {
  /// One header.
  package typealias Header = (name: ArraySlice<UInt8>, value: EventStreamValue)

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  /// Whether nothing is left, which after the last header means that all were in order.
  var isAtEnd: Bool { rest.isEmpty }

  /// The next header; nil at the end and where the bytes are no header.
  package mutating func next() -> Header? {
    var ahead = rest
    guard let length = ahead.popFirst(), length > 0, let name = ahead.take(Int(length)),
      let type = ahead.popFirst(), let value = Self.value(of: type, from: &ahead)
    else { return nil }
    rest = ahead
    return (name, value)
  }

  private static func value(
    of type: UInt8, from rest: inout ArraySlice<UInt8>
  ) -> EventStreamValue? {
    switch type {
    case 0: .bool(true)
    case 1: .bool(false)
    case 2: rest.number(1).map { .byte(Int8(truncatingIfNeeded: $0)) }
    case 3: rest.number(2).map { .short(Int16(truncatingIfNeeded: $0)) }
    case 4: rest.number(4).map { .integer(Int32(truncatingIfNeeded: $0)) }
    case 5: rest.number(8).map { .long(Int64(bitPattern: $0)) }
    case 6: rest.number(2).flatMap { rest.take(Int($0)) }.map { .bytes($0) }
    case 7: rest.number(2).flatMap { rest.take(Int($0)) }.map { .text($0) }
    case 8: rest.number(8).map { .timestamp(Int64(bitPattern: $0)) }
    case 9: rest.take(16).map { .uuid($0) }
    default: nil
    }
  }
}

extension ArraySlice<UInt8> {
  /// Cuts off the first bytes; nil when there are fewer.
  fileprivate mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard self.count >= count else { return nil }
    let middle = startIndex + count
    defer { self = self[middle...] }
    return self[startIndex..<middle]
  }

  /// Cuts off a number, the highest byte first.
  fileprivate mutating func number(_ count: Int) -> UInt64? {
    take(count)?.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
