import Testing

@testable import Dialects

struct `A stream of server-sent events` {
  struct Event: Equatable, CustomStringConvertible {
    var name: String
    var data: String
    var description: String { "\(name)|\(data)" }
  }

  static func events(_ pieces: [[UInt8]]) throws -> [Event] {
    var framer = SSEFramer()
    var events: [Event] = []
    for piece in pieces {
      try framer.append(piece)
      while let frame = try framer.next() { events.append(event(frame)) }
    }
    if let frame = try framer.finish() { events.append(event(frame)) }
    return events
  }

  private static func event(_ frame: SSEFrame) -> Event {
    Event(
      name: String(decoding: frame.event, as: UTF8.self),
      data: String(decoding: frame.data, as: UTF8.self))
  }

  static func events(_ text: String) throws -> [Event] { try events([Array(text.utf8)]) }

  @Test(arguments: [
    ("data: a\n\n", "|a"), ("data:a\n\n", "|a"), ("data:  a\n\n", "| a"), ("data\n\n", "|"),
    ("data:\n\n", "|"), ("data: a\ndata: b\n\n", "|a\nb"), ("data\ndata\n\n", "|\n"),
    ("data: a\n\ndata: b\n\n", "|a,|b"), ("event: e\ndata: a\n\n", "e|a"),
    ("data: a\nevent: e\n\n", "e|a"), ("event: e\n\ndata: a\n\n", "|a"),
    ("event: d\nevent: e\ndata: a\n\n", "e|a"), (": c\n\ndata: a\n\n", "|a"),
    (": c\ndata: a\n:d\n\n", "|a"), ("id: 1\nretry: 5\nx: y\ndata: a\n\n", "|a"),
    ("datum: a\n\n", ""), ("data2: a\n\n", ""), (" data: a\n\n", ""), ("\n\n\n", ""), ("", ""),
    ("data: a\r\n\r\n", "|a"), ("data: a\r\r", "|a"), ("data: a\r\n\ndata: b\n\r\n", "|a,|b"),
    ("data: a\rdata: b\r\rdata: c\r\r", "|a\nb,|c"), ("\u{FEFF}data: a\n\n", "|a"),
    ("\u{FEFF}\u{FEFF}data: a\n\n", ""), ("data: \u{FEFF}a\n\n", "|\u{FEFF}a"),
    ("data: a", "|a"), ("data: a\n", "|a"), ("data: a\r", "|a"), ("event: e", ""),
    ("data: a\n\ndata", "|a,|"), ("data: :\n\n", "|:"), ("data::\n\n", "|:"),
    ("data: {\"a\": \"b\\n\"}\n\n", "|{\"a\": \"b\\n\"}"),
  ])
  func `follows the grammar`(text: String, expected: String) throws {
    #expect(try Self.events(text).map(\.description).joined(separator: ",") == expected)
  }

  static let rich = Array(
    ("\u{FEFF}: hello\r\n\r\nevent: a\r\ndata: {\"x\":\r\ndata: \"東京🎌\"}\r\n\r\n"
      + "data:1\r\rid: 4\rdata: 2\r\r: c\n\nevent:b\ndata: 3\ndata\n\ndata: 4\r\n\nevent: z\n\n"
      + "data: 5").utf8)

  @Test func `is the same however the network cuts it`() throws {
    let whole = try Self.events([Self.rich])
    #expect(whole.map(\.data) == ["{\"x\":\n\"東京🎌\"}", "1", "2", "3\n", "4", "5"])
    #expect(whole.map(\.name) == ["a", "", "", "b", "", ""])
    for cut in 0...Self.rich.count {
      let pieces = [Array(Self.rich[..<cut]), Array(Self.rich[cut...])]
      #expect(try Self.events(pieces) == whole)
    }
    #expect(try Self.events(Self.rich.map { [$0] }) == whole)
    var numbers = SeededNumbers(3)
    for _ in 0..<300 {
      let first = Int.random(in: 0...Self.rich.count, using: &numbers)
      let second = Int.random(in: first...Self.rich.count, using: &numbers)
      let pieces = [Self.rich[..<first], Self.rich[first..<second], Self.rich[second...]]
      #expect(try Self.events(pieces.map { Array($0) }) == whole)
    }
  }

  @Test func `knows when it stands between two events`() throws {
    var framer = SSEFramer()
    #expect(framer.isBetweenEvents)
    var places: [Bool] = []
    for byte in "event: e\ndata: a\n\n: c\n\ndata: b\r\n\r\n".utf8 {
      try framer.append([byte])
      while try framer.next() != nil {}
      places.append(framer.isBetweenEvents)
    }
    let text = Array("event: e\ndata: a\n\n: c\n\ndata: b\r\n\r\n".utf8)
    for (index, isBetween) in places.enumerated() {
      let before = text[...index]
      // Behind a comment or a blank line nothing is pending; a carriage return may already end.
      let ends: [[UInt8]] = [
        Array("a\n\n".utf8), Array(": c\n".utf8), Array(": c\n\n".utf8), Array("b\r\n\r".utf8),
        Array("b\r\n\r\n".utf8),
      ]
      #expect(isBetween == ends.contains { before.suffix($0.count).elementsEqual($0) })
    }
  }

  @Test func `with an event that never ends is given up`() throws {
    var framer = SSEFramer()
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    try framer.append(Array("data: ".utf8))
    let broken = #expect(throws: BrokenStream.self) {
      for _ in 0..<20 {
        try framer.append(piece)
        while try framer.next() != nil {}
      }
    }
    #expect(broken?.reason == "an event is larger than 16777216 bytes")
  }

  @Test func `with a comment that never ends is given up`() throws {
    var framer = SSEFramer()
    let piece = Array(":".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    #expect(throws: BrokenStream.self) {
      for _ in 0..<20 {
        try framer.append(piece)
        while try framer.next() != nil {}
      }
    }
  }

  /// Copying what is there at every piece took minutes for such an event.
  @Test func `takes a large event in small pieces`() throws {
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 64)
    var framer = SSEFramer()
    try framer.append(Array("event: big\ndata: ".utf8))
    for _ in 0..<40_000 {
      try framer.append(piece)
      let early = try framer.next()
      #expect(early == nil)
    }
    try framer.append(Array("\n\n".utf8))
    let frame = try framer.next()
    #expect(frame?.data.count == 64 * 40_000)
    #expect(frame.map { Array($0.event) } == Array("big".utf8))
  }

  @Test func `takes an event of very many lines`() throws {
    let text = String(repeating: "data: x\n", count: 100_000) + "\n"
    let events = try Self.events(text)
    #expect(events.count == 1)
    #expect(events.first?.data.utf8.count == 199_999)
  }

  @Test func `keeps windows valid that were given out earlier`() throws {
    var framer = SSEFramer()
    try framer.append(Array("data: first\n\ndata: sec".utf8))
    let first = try framer.next()
    try framer.append(Array("ond\n\n".utf8))
    let second = try framer.next()
    #expect(first.map { Array($0.data) } == Array("first".utf8))
    #expect(second.map { Array($0.data) } == Array("second".utf8))
  }
}
