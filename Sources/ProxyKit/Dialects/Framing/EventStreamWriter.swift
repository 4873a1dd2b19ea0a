/// Writes the frames of an AWS event stream.
package enum EventStreamWriter {
  /// Appends an event, whose payload `content` appends.
  package static func event(
    _ type: StaticString, contentType: StaticString = "application/json", to out: inout [UInt8],
    _ content: (inout [UInt8]) -> Void
  ) {
    frame(to: &out) { out in
      writeHead(type, contentType, to: &out)
    } payload: { out in
      content(&out)
    }
  }

  /// Appends an event whose headers are known, and whose payload `content` appends.
  @inline(__always)
  static func event(
    _ head: EventStreamHead, to out: inout [UInt8], _ content: (inout [UInt8]) -> Void
  ) {
    let start = out.count
    out.append(contentsOf: head.bytes)
    content(&out)
    finish(&out, from: start, headers: head.bytes.count - 12)
  }

  /// Appends an exception of the service's model, whose payload `content` appends.
  package static func exception(
    _ type: StaticString, to out: inout [UInt8], _ content: (inout [UInt8]) -> Void
  ) {
    frame(to: &out) { out in
      header(":exception-type", type, to: &out)
      header(":content-type", "application/json", to: &out)
      header(":message-type", "exception", to: &out)
    } payload: { out in
      content(&out)
    }
  }

  /// Appends an exception that has a message and nothing else.
  package static func exception(
    _ type: StaticString, message: String, to out: inout [UInt8]
  ) {
    exception(type, to: &out) { out in
      out.append(#"{"message":""#)
      JSONEscape.append(message, to: &out)
      out.append(#""}"#)
    }
  }

  /// Appends a frame with any headers; their names and values must fit their length fields.
  static func frame(
    _ headers: [(name: String, value: EventStreamValue)], payload: [UInt8],
    to out: inout [UInt8]
  ) {
    frame(to: &out) { out in
      for (name, value) in headers {
        out.append(UInt8(truncatingIfNeeded: name.utf8.count))
        out.append(contentsOf: name.utf8)
        append(value, to: &out)
      }
    } payload: { out in
      out.append(contentsOf: payload)
    }
  }

  @inline(__always)
  private static func frame(
    to out: inout [UInt8], head: (inout [UInt8]) -> Void, payload: (inout [UInt8]) -> Void
  ) {
    let start = out.count
    // Lengths and checksum of the beginning come when they are known.
    for _ in 0..<12 { out.append(0) }
    head(&out)
    let headers = out.count - start - 12
    payload(&out)
    finish(&out, from: start, headers: headers)
  }

  /// Fills in the lengths and the checksums.
  private static func finish(_ out: inout [UInt8], from start: Int, headers: Int) {
    out.put(UInt32(truncatingIfNeeded: out.count - start + 4), at: start)
    out.put(UInt32(truncatingIfNeeded: headers), at: start + 4)
    var crc = CRC32()
    crc.take(out.span.extracting(start..<(start + 8)))
    out.put(crc.value, at: start + 8)
    crc.take(out.span.extracting((start + 8)..<out.count))
    out.append(number: UInt64(crc.value), bytes: 4)
  }

  fileprivate static func writeHead(
    _ type: StaticString, _ contentType: StaticString, to out: inout [UInt8]
  ) {
    header(":event-type", type, to: &out)
    header(":content-type", contentType, to: &out)
    header(":message-type", "event", to: &out)
  }

  private static func header(
    _ name: StaticString, _ value: StaticString, to out: inout [UInt8]
  ) {
    out.append(UInt8(truncatingIfNeeded: name.utf8CodeUnitCount))
    out.append(name)
    out.append(7)
    out.append(number: UInt64(value.utf8CodeUnitCount), bytes: 2)
    out.append(value)
  }

  private static func append(_ value: EventStreamValue, to out: inout [UInt8]) {
    switch value {
    case .bool(let value): out.append(value ? 0 : 1)
    case .byte(let value): out.append(2, UInt64(truncatingIfNeeded: value), bytes: 1)
    case .short(let value): out.append(3, UInt64(truncatingIfNeeded: value), bytes: 2)
    case .integer(let value): out.append(4, UInt64(truncatingIfNeeded: value), bytes: 4)
    case .long(let value): out.append(5, UInt64(bitPattern: value), bytes: 8)
    case .bytes(let bytes):
      out.append(6, UInt64(bytes.count), bytes: 2)
      out.append(contentsOf: bytes)
    case .text(let bytes):
      out.append(7, UInt64(bytes.count), bytes: 2)
      out.append(contentsOf: bytes)
    case .timestamp(let value): out.append(8, UInt64(bitPattern: value), bytes: 8)
    case .uuid(let bytes):
      out.append(9)
      out.append(contentsOf: bytes)
    }
  }
}

/// The beginning of the frames of one event, with room for what is known at the end.
struct EventStreamHead {
  fileprivate let bytes: [UInt8]

  init(_ type: StaticString) {
    var bytes: [UInt8] = []
    for _ in 0..<12 { bytes.append(0) }
    EventStreamWriter.writeHead(type, "application/json", to: &bytes)
    self.bytes = bytes
  }
}

extension [UInt8] {
  /// Appends the lowest bytes of a number, the highest of them first.
  fileprivate mutating func append(number: UInt64, bytes: Int) {
    for index in (0..<bytes).reversed() {
      append(UInt8(truncatingIfNeeded: number >> UInt64(index * 8)))
    }
  }

  fileprivate mutating func append(_ type: UInt8, _ number: UInt64, bytes: Int) {
    append(type)
    append(number: number, bytes: bytes)
  }

  fileprivate mutating func put(_ number: UInt32, at index: Int) {
    self[index] = UInt8(truncatingIfNeeded: number >> 24)
    self[index + 1] = UInt8(truncatingIfNeeded: number >> 16)
    self[index + 2] = UInt8(truncatingIfNeeded: number >> 8)
    self[index + 3] = UInt8(truncatingIfNeeded: number)
  }
}
