/// One server-sent event: its name and its data, windows on the bytes they came in.
package struct SSEFrame: Sendable {
  private let bytes: [UInt8]
  private let name: Range<Int>
  private let content: Range<Int>

  fileprivate init(_ bytes: [UInt8], name: Range<Int>, content: Range<Int>) {
    self.bytes = bytes
    self.name = name
    self.content = content
  }

  package var event: ArraySlice<UInt8> { bytes[name] }
  package var data: ArraySlice<UInt8> { bytes[content] }
}

/// A stream that is no stream of server-sent events any more.
package struct BrokenStream: Error, Sendable, Equatable {
  package var reason: String
}

/// Cuts a byte stream into server-sent events, wherever the network cut it.
///
/// The whole grammar: LF, CRLF and CR line ends, comments, a space after the colon or none, data
/// over several lines, a byte order mark. Bytes are framed as bytes, so a character cut in two
/// by the network is whole again before anybody looks at it. No byte is looked at or copied more
/// than a few times, however small the pieces of a large event are.
package struct SSEFramer: Sendable {
  /// An event larger than this ends the stream; nothing a stranger sends grows without bound.
  package static let maximumEvent = 16 << 20

  private var buffer: [UInt8] = []
  /// Where the unfinished event begins; what lies before it has been given out.
  private var frameStart = 0
  /// How much of the stream lies before the buffer.
  private var base = 0
  private var lineStart = 0
  /// No line ends between `lineStart` and here.
  private var scanned = 0
  /// Fields of the unfinished event, as places in the buffer, so that it can grow in place.
  private var event = 0..<0
  private var data: Range<Int>?
  /// Data of several lines, joined.
  private var joined: [UInt8] = []
  private var hasSeveralLines = false
  /// A line of a block came whose blank line has not; comments open no block.
  private var isInBlock = false
  private var isFirstLine = true
  private var isAfterCarriageReturn = false

  package init() {}

  /// Whether the stream stands between two events, where a ping may be written.
  package var isBetweenEvents: Bool {
    lineStart == buffer.count && !isInBlock
  }

  package mutating func append(_ piece: [UInt8]) throws(BrokenStream) {
    try checkSize()
    if frameStart == buffer.count {
      buffer = piece
      rebase(by: frameStart)
    } else if frameStart == 0 {
      buffer.append(contentsOf: piece)
    } else {
      var rest: [UInt8] = []
      rest.reserveCapacity(buffer.count - frameStart + piece.count)
      rest.append(contentsOf: buffer[frameStart...])
      rest.append(contentsOf: piece)
      buffer = rest
      rebase(by: frameStart)
    }
  }

  /// How many bytes of the stream belong to what has been given out.
  package var position: Int { base + frameStart }

  private mutating func rebase(by count: Int) {
    base += count
    frameStart -= count
    lineStart -= count
    scanned -= count
    if !event.isEmpty { event = (event.lowerBound - count)..<(event.upperBound - count) }
    if let range = data { data = (range.lowerBound - count)..<(range.upperBound - count) }
  }

  /// The next whole event, or nil until more bytes arrive.
  package mutating func next() throws(BrokenStream) -> SSEFrame? {
    while let line = nextLine() {
      guard line.isEmpty else {
        take(line)
        continue
      }
      let frame = finishFrame()
      frameStart = lineStart
      isInBlock = false
      if let frame { return frame }
    }
    if data == nil, event.isEmpty { frameStart = lineStart }
    try checkSize()
    return nil
  }

  private func checkSize() throws(BrokenStream) {
    guard buffer.count - frameStart <= Self.maximumEvent else {
      throw BrokenStream(reason: "an event is larger than \(Self.maximumEvent) bytes")
    }
  }

  /// What an unfinished last event holds when the stream ends without its blank line.
  package mutating func finish() throws(BrokenStream) -> SSEFrame? {
    try checkSize()
    if lineStart < buffer.count {
      let line = lineStart..<buffer.count
      lineStart = buffer.count
      take(line)
    }
    return finishFrame()
  }

  private mutating func finishFrame() -> SSEFrame? {
    defer {
      event = 0..<0
      data = nil
    }
    guard let data else { return nil }
    guard hasSeveralLines else { return SSEFrame(buffer, name: event, content: data) }
    let end = joined.count
    joined.append(contentsOf: buffer[event])
    let whole = joined
    joined = []
    hasSeveralLines = false
    return SSEFrame(whole, name: end..<whole.count, content: 0..<end)
  }

  private mutating func nextLine() -> Range<Int>? {
    if isAfterCarriageReturn, lineStart < buffer.count {
      isAfterCarriageReturn = false
      if buffer[lineStart] == 0x0A {
        lineStart += 1
        scanned = lineStart
      }
    }
    guard let end = LineEnd.find(in: buffer.span, from: scanned) else {
      scanned = buffer.count
      return nil
    }
    let line = lineStart..<end
    isAfterCarriageReturn = buffer[end] == 0x0D
    lineStart = end + 1
    scanned = lineStart
    return line
  }

  private mutating func take(_ whole: Range<Int>) {
    var line = whole
    if isFirstLine {
      isFirstLine = false
      if begins(line, with: "\u{FEFF}") { line = (line.lowerBound + 3)..<line.upperBound }
    }
    guard let first = line.first else { return }
    if buffer[first] != UInt8(ascii: ":") { isInBlock = true }
    switch buffer[first] {
    case UInt8(ascii: "d"):
      if begins(line, with: "data:") {
        takeData(value(of: line, after: 5))
      } else if line.count == 4, begins(line, with: "data") {
        takeData(line.upperBound..<line.upperBound)
      }
    case UInt8(ascii: "e"):
      if begins(line, with: "event:") {
        let name = value(of: line, after: 6)
        // An empty name does not move with the buffer.
        event = name.isEmpty ? 0..<0 : name
      }
    default: break
    }
  }

  private mutating func takeData(_ value: Range<Int>) {
    guard let first = data else {
      data = value
      return
    }
    if !hasSeveralLines {
      hasSeveralLines = true
      joined = Array(buffer[first])
    }
    joined.append(0x0A)
    joined.append(contentsOf: buffer[value])
  }

  private func begins(_ line: Range<Int>, with literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard line.count >= count else { return false }
    return buffer.span.extracting(line.lowerBound..<(line.lowerBound + count)).equals(literal)
  }

  private func value(of line: Range<Int>, after count: Int) -> Range<Int> {
    let start = line.lowerBound + count
    guard start < line.upperBound, buffer[start] == 0x20 else { return start..<line.upperBound }
    return (start + 1)..<line.upperBound
  }
}

extension [UInt8] {
  /// JSON fit for the data of an event: an upstream may have written it over several lines, which
  /// inside JSON are nothing but white space.
  var onOneLine: [UInt8] {
    guard contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return self }
    return map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
  }
}

enum LineEnd {
  /// The index of the next LF or CR.
  static func find(in bytes: borrowing Span<UInt8>, from start: Int) -> Int? {
    ByteSearch.first(0x0A, or: 0x0D, in: bytes, from: start)
  }
}
