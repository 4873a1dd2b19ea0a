/// One server-sent event: its name and its data, windows on the bytes they came in.
package struct SSEFrame: Sendable {
  package var event: ArraySlice<UInt8>
  package var data: ArraySlice<UInt8>
}

/// A stream that is no stream of server-sent events any more.
package struct BrokenStream: Error, Sendable, Equatable {
  package var reason: String
}

/// Cuts a byte stream into server-sent events, wherever the network cut it.
///
/// The whole grammar: LF, CRLF and CR line ends, comments, a space after the colon or none, data
/// over several lines, a byte order mark. Bytes are framed as bytes, so a character cut in two
/// by the network is whole again before anybody looks at it.
package struct SSEFramer: Sendable {
  /// An event larger than this ends the stream; nothing a stranger sends grows without bound.
  package static let maximumEvent = 16 << 20

  private var buffer: [UInt8] = []
  private var at = 0
  private var event: ArraySlice<UInt8> = []
  private var data: ArraySlice<UInt8> = []
  private var hasData = false
  private var isFirstLine = true
  private var isAfterCarriageReturn = false

  package init() {}

  /// Whether the stream stands between two events, where a ping may be written.
  package var isBetweenEvents: Bool {
    at == buffer.count && !hasData && event.isEmpty
  }

  package mutating func append(_ piece: [UInt8]) throws(BrokenStream) {
    if at == buffer.count {
      buffer = piece
    } else {
      guard buffer.count - at + piece.count <= Self.maximumEvent else {
        throw BrokenStream(reason: "an event is larger than \(Self.maximumEvent) bytes")
      }
      buffer = Array(buffer[at...]) + piece
    }
    at = 0
  }

  /// The next whole event, or nil until more bytes arrive.
  package mutating func next() throws(BrokenStream) -> SSEFrame? {
    while let line = nextLine() {
      if line.isEmpty {
        guard hasData else {
          event = []
          continue
        }
        let frame = SSEFrame(event: event, data: data)
        event = []
        data = []
        hasData = false
        return frame
      }
      try take(line)
    }
    return nil
  }

  /// What an unfinished last event holds when the stream ends without its blank line.
  package mutating func finish() throws(BrokenStream) -> SSEFrame? {
    if at < buffer.count {
      let line = buffer[at...]
      at = buffer.count
      try take(line)
    }
    guard hasData else { return nil }
    hasData = false
    return SSEFrame(event: event, data: data)
  }

  private mutating func nextLine() -> ArraySlice<UInt8>? {
    if isAfterCarriageReturn, at < buffer.count {
      isAfterCarriageReturn = false
      if buffer[at] == 0x0A { at += 1 }
    }
    guard let end = LineEnd.find(in: buffer.span, from: at) else { return nil }
    let line = buffer[at..<end]
    isAfterCarriageReturn = buffer[end] == 0x0D
    at = end + 1
    return line
  }

  private mutating func take(_ whole: ArraySlice<UInt8>) throws(BrokenStream) {
    var line = whole
    if isFirstLine {
      isFirstLine = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    }
    let span = line.span
    if span.count >= 5, span.extracting(0..<5).equals("data:") {
      try takeData(Self.value(of: line, after: 5))
    } else if span.count >= 6, span.extracting(0..<6).equals("event:") {
      event = Self.value(of: line, after: 6)
    } else if span.equals("data") {
      try takeData([])
    }
  }

  private mutating func takeData(_ value: ArraySlice<UInt8>) throws(BrokenStream) {
    guard hasData else {
      data = value
      hasData = true
      return
    }
    guard data.count + value.count < Self.maximumEvent else {
      throw BrokenStream(reason: "an event is larger than \(Self.maximumEvent) bytes")
    }
    data = data + [0x0A] + value
  }

  private static func value(of line: ArraySlice<UInt8>, after count: Int) -> ArraySlice<UInt8> {
    let rest = line.dropFirst(count)
    return rest.first == 0x20 ? rest.dropFirst() : rest
  }
}

enum LineEnd {
  /// The index of the next LF or CR, eight bytes at a step.
  static func find(in bytes: borrowing Span<UInt8>, from start: Int) -> Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    let raw = unsafe bytes.bytes
    var at = start
    while at &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      let line = word ^ (ones &* 0x0A)
      let carriage = word ^ (ones &* 0x0D)
      let mask =
        (((line &- ones) & ~line) | ((carriage &- ones) & ~carriage)) & tops
      if mask != 0 { return at &+ (mask.trailingZeroBitCount >> 3) }
      at &+= 8
    }
    while at < bytes.count {
      if bytes[at] == 0x0A || bytes[at] == 0x0D { return at }
      at &+= 1
    }
    return nil
  }
}
