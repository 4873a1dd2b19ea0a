import Testing

@testable import Dialects

struct `A stream of AWS event frames` {
  static func bytes(hex: String) -> [UInt8] {
    let digits = hex.utf8.compactMap { Hexadecimal.value($0) }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// Made by another implementation, and read by botocore: every type of header, then a payload.
  static let everyType = bytes(
    hex: """
      00000069000000527465fa8d017400016601016202fe017303fed4016904fffeee90016c05fffffffed5fa0e00
      01790600030001ff017807000668c3a96c6c6f0164080000018bcfe5687b01750900112233445566778899aabb
      ccddeeff7061796c6f61649b9c85ef
      """)
  static let chunk = bytes(
    hex: """
      000000870000004b87ea2bf30b3a6576656e742d747970650700056368756e6b0d3a636f6e74656e742d747970
      650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b2262
      79746573223a2265794a306558426c496a6f696257567a6332466e5a56397a64473977496e303d227dba48ab22
      """)
  static let exception = bytes(
    hex: """
      00000087000000615c51e2250f3a657863657074696f6e2d747970650700137468726f74746c696e6745786365
      7074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d65737361
      67652d74797065070009657863657074696f6e7b226d657373616765223a22546f6f206d616e79227db9fdf604
      """)
  static let empty = bytes(hex: "000000100000000005c248eb7d98c8ff")

  static let headers: [(name: String, value: EventStreamValue)] = [
    ("t", .bool(true)), ("f", .bool(false)), ("b", .byte(-2)), ("s", .short(-300)),
    ("i", .integer(-70_000)), ("l", .long(-5_000_000_000)), ("y", .bytes([0, 1, 255])),
    ("x", .text(Array("héllo".utf8)[...])), ("d", .timestamp(1_700_000_000_123)),
    ("u", .uuid(bytes(hex: "00112233445566778899aabbccddeeff")[...])),
  ]

  /// Headers and payload of each frame as text.
  static func frames(_ pieces: [[UInt8]], limit: Int = 1 << 20) throws -> [String] {
    var framer = EventStreamFramer(maximumFrame: limit)
    var frames: [String] = []
    for piece in pieces {
      framer.append(piece)
      while let frame = try framer.next() { frames.append(text(frame)) }
    }
    try framer.finish()
    return frames
  }

  private static func text(_ frame: EventStreamFrame) -> String {
    let headers = frame.headers.map { header in
      String(decoding: header.name, as: UTF8.self) + "=" + text(header.value)
    }
    return (headers + [String(decoding: frame.payload, as: UTF8.self)]).joined(separator: " ")
  }

  private static func text(_ value: EventStreamValue) -> String {
    switch value {
    case .bool(let value): "\(value)"
    case .byte(let value): "\(value)"
    case .short(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .long(let value): "\(value)"
    case .bytes(let bytes), .uuid(let bytes): "\(Array(bytes))"
    case .text(let text): String(decoding: text, as: UTF8.self)
    case .timestamp(let value): "@\(value)"
    }
  }

  @Test func `has headers of ten types`() throws {
    var framer = EventStreamFramer()
    framer.append(Self.everyType)
    let frame = try #require(try framer.next())
    let found = Array(frame.headers)
    #expect(found.map { String(decoding: $0.name, as: UTF8.self) } == Self.headers.map(\.name))
    #expect(found.map(\.value) == Self.headers.map(\.value))
    #expect(Array(frame.payload) == Array("payload".utf8))
    #expect(frame.text("x").map { Array($0) } == Array("héllo".utf8))
    #expect(frame.text("y") == nil && frame.text("z") == nil)
    #expect(framer.isBetweenFrames)
  }

  @Test func `is written as others write it`() {
    var out: [UInt8] = []
    EventStreamWriter.frame(Self.headers, payload: Array("payload".utf8), to: &out)
    #expect(out == Self.everyType)
    out = []
    EventStreamWriter.event("chunk", to: &out) { out in
      out.append(#"{"bytes":"eyJ0eXBlIjoibWVzc2FnZV9zdG9wIn0="}"#)
    }
    #expect(out == Self.chunk)
    EventStreamWriter.exception("throttlingException", message: "Too many", to: &out)
    #expect(out == Self.chunk + Self.exception)
    out = []
    EventStreamWriter.frame([], payload: [], to: &out)
    #expect(out == Self.empty)
  }

  @Test func `is the same however the network cuts it`() throws {
    let stream = Self.everyType + Self.empty + Self.chunk + Self.exception
    let whole = try Self.frames([stream])
    #expect(whole.count == 4)
    #expect(whole[1].isEmpty && whole[3].hasSuffix(#" {"message":"Too many"}"#))
    for cut in 0...stream.count {
      #expect(try Self.frames([Array(stream[..<cut]), Array(stream[cut...])]) == whole)
    }
    #expect(try Self.frames(stream.map { [$0] }) == whole)
  }

  @Test func `comes out as it was written, whatever is in it`() throws {
    var numbers = SeededNumbers(11)
    for _ in 0..<200 {
      let headers = (0..<Int.random(in: 0...6, using: &numbers)).map { index in
        (name: "h\(index)", value: Self.randomValue(&numbers))
      }
      let payload = Self.randomBytes(&numbers, upTo: 300)
      var stream: [UInt8] = []
      EventStreamWriter.frame(headers, payload: payload, to: &stream)
      var framer = EventStreamFramer()
      let cut = Int.random(in: 0...stream.count, using: &numbers)
      framer.append(Array(stream[..<cut]))
      let early = try framer.next()
      framer.append(Array(stream[cut...]))
      let frame = try #require(try early ?? framer.next())
      #expect(Array(frame.payload) == payload)
      #expect(frame.headers.map(\.value) == headers.map(\.value))
      try framer.finish()
    }
  }

  private static func randomBytes(_ numbers: inout SeededNumbers, upTo most: Int) -> [UInt8] {
    (0..<Int.random(in: 0...most, using: &numbers)).map { _ in
      UInt8.random(in: 0...255, using: &numbers)
    }
  }

  private static func randomValue(_ numbers: inout SeededNumbers) -> EventStreamValue {
    let bits = numbers.next()
    switch bits % 9 {
    case 0: return .bool(bits & 16 == 0)
    case 1: return .byte(Int8(truncatingIfNeeded: bits >> 8))
    case 2: return .short(Int16(truncatingIfNeeded: bits >> 8))
    case 3: return .integer(Int32(truncatingIfNeeded: bits >> 8))
    case 4: return .long(Int64(bitPattern: bits))
    case 5: return .bytes(randomBytes(&numbers, upTo: 40)[...])
    case 6: return .text(randomBytes(&numbers, upTo: 40)[...])
    case 7: return .timestamp(Int64(bitPattern: bits))
    default: return .uuid((0..<16).map { UInt8(truncatingIfNeeded: bits >> ($0 % 8)) }[...])
    }
  }

  @Test func `is broken when it ends inside a frame`() {
    for cut in 1..<Self.chunk.count {
      #expect(throws: BrokenStream(reason: "the stream ended inside a frame")) {
        try Self.frames([Array(Self.chunk[..<cut])])
      }
    }
  }

  @Test func `is broken by any bit that was turned over`() {
    for index in Self.everyType.indices {
      for bit in 0..<8 {
        var damaged = Self.everyType
        damaged[index] ^= 1 << UInt8(bit)
        #expect(throws: BrokenStream.self) { try Self.frames([damaged, Self.empty]) }
      }
    }
  }

  @Test func `stays broken`() {
    var framer = EventStreamFramer()
    framer.append([UInt8](repeating: 0, count: 12))
    #expect(throws: BrokenStream.self) { try framer.next() }
    framer.append(Self.empty)
    #expect(throws: BrokenStream.self) { try framer.next() }
    #expect(throws: BrokenStream.self) { try framer.finish() }
  }

  private static func prelude(_ frame: UInt32, _ headers: UInt32) -> [UInt8] {
    var bytes = [frame, headers].flatMap { number in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
    var crc = CRC32()
    crc.take(bytes.span)
    bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc.value >> $0) }
    return bytes
  }

  @Test(
    arguments: [
      (15, 0, "the lengths of a frame contradict each other"),
      (0, 0, "the lengths of a frame contradict each other"),
      (40, 25, "the lengths of a frame contradict each other"),
      (UInt32.max, UInt32.max, "the lengths of a frame contradict each other"),
      (1025, 0, "a frame is larger than 1024 bytes"),
      (UInt32.max, 0, "a frame is larger than 1024 bytes"),
    ] as [(UInt32, UInt32, String)])
  func `is not waited for when its lengths are absurd`(
    frame: UInt32, headers: UInt32, reason: String
  ) {
    #expect(throws: BrokenStream(reason: reason)) {
      try Self.frames([Self.prelude(frame, headers)], limit: 1024)
    }
  }

  @Test func `of the largest size is taken`() throws {
    var out: [UInt8] = []
    EventStreamWriter.frame([], payload: [UInt8](repeating: 7, count: 1008), to: &out)
    #expect(try Self.frames([out], limit: 1024).count == 1)
    out = []
    EventStreamWriter.frame([], payload: [UInt8](repeating: 7, count: 1009), to: &out)
    #expect(throws: BrokenStream.self) { try Self.frames([out], limit: 1024) }
  }

  @Test(
    arguments: [
      [0, 0], [1], [1, 97], [1, 97, 10], [1, 97, 2], [1, 97, 4, 0, 0, 0], [1, 97, 7, 0, 2, 1],
      [1, 97, 9, 0], [5, 97, 98], [1, 97, 0, 3],
    ] as [[UInt8]])
  func `with headers that are none is broken`(head: [UInt8]) {
    // The checksums are right, only the headers are not.
    let total = UInt32(head.count + 16)
    var frame = Self.prelude(total, UInt32(head.count)) + head
    var crc = CRC32()
    crc.take(frame.span)
    frame += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc.value >> $0) }
    #expect(throws: BrokenStream(reason: "the headers of a frame are no headers")) {
      try Self.frames([frame])
    }
  }

  @Test func `has the checksum of its standard`() {
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
      var slow: UInt32 = 0xFFFF_FFFF
      for byte in bytes {
        slow ^= UInt32(byte)
        for _ in 0..<8 { slow = slow & 1 == 1 ? (slow >> 1) ^ 0xEDB8_8320 : slow >> 1 }
      }
      var crc = CRC32()
      crc.take(bytes.span)
      #expect(crc.value == ~slow)
    }
    var check = CRC32()
    check.take(Array("123456789".utf8).span)
    #expect(check.value == 0xCBF4_3926)
  }
}
