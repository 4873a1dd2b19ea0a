/// The start line and headers of an HTTP/1.1 message.
package struct HTTPMessageHead: Sendable {
  package var startLine: String
  package var headers: [(name: String, value: String)]

  /// The status of a response, or 0.
  package var status: Int {
    let words = startLine.split(separator: " ")
    return words.count > 1 ? Int(words[1]) ?? 0 : 0
  }

  /// The first header of that name, in any case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// Bytes that are no HTTP/1.1 message.
package struct MalformedMessage: Error, CustomStringConvertible {
  package let description: String
}

/// Reads HTTP/1.1 messages from bytes as they arrive, strictly; for tests, so plain before fast.
package struct HTTPMessageParser: Sendable {
  package enum Kind: Sendable { case request, response }

  private enum Body {
    case none, length(Int), chunkSize, chunk(Int), chunkEnd, trailers, untilEnd, done
  }

  private let kind: Kind
  private var buffer: [UInt8] = []
  private var body = Body.none
  private var isAtEnd = false

  package init(kind: Kind) {
    self.kind = kind
  }

  /// Adds bytes from the wire.
  package mutating func feed(_ bytes: [UInt8]) {
    buffer += bytes
  }

  /// Says that no more bytes will come.
  package mutating func feedEnd() {
    isAtEnd = true
    if case .untilEnd = body, buffer.isEmpty { body = .done }
  }

  /// True while bytes wait to be understood.
  package var hasUnread: Bool { !buffer.isEmpty }

  /// True once the whole body was taken.
  package var isComplete: Bool {
    if case .done = body { true } else { false }
  }

  /// Forgets the message that was read, so that the next one can be.
  package mutating func beginNextMessage() {
    body = .none
  }

  /// The head, once its last line is there.
  package mutating func takeHead(toHEAD isBodiless: Bool = false) throws -> HTTPMessageHead? {
    guard let end = Self.find([13, 10, 13, 10], in: buffer) else { return nil }
    let text = String(decoding: buffer[..<end], as: UTF8.self)
    buffer.removeFirst(end + 4)
    var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
    let startLine = String(lines.removeFirst())
    var headers: [(name: String, value: String)] = []
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else {
        throw MalformedMessage(description: "a header without a colon: \(line)")
      }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      headers.append((String(line[..<colon]), String(value)))
    }
    let head = HTTPMessageHead(startLine: startLine, headers: headers)
    body = try framing(of: head, isBodiless: isBodiless)
    return head
  }

  /// The body's bytes that are there by now, without their framing.
  package mutating func takeBody() throws -> [UInt8] {
    var output: [UInt8] = []
    while try advance(&output) {}
    return output
  }

  private func framing(of head: HTTPMessageHead, isBodiless: Bool) throws -> Body {
    if isBodiless || [204, 304].contains(head.status) || head.status / 100 == 1 { return .done }
    if head.header("transfer-encoding")?.lowercased() == "chunked" { return .chunkSize }
    if let text = head.header("content-length") {
      guard let length = Int(text), length >= 0 else {
        throw MalformedMessage(description: "content-length: \(text)")
      }
      return length == 0 ? .done : .length(length)
    }
    return kind == .request ? .done : .untilEnd
  }

  /// Takes one step; false when more bytes are needed or the body is done.
  private mutating func advance(_ output: inout [UInt8]) throws -> Bool {
    switch body {
    case .none, .done: return false
    case .untilEnd:
      output += buffer
      buffer = []
      if isAtEnd { body = .done }
      return false
    case .length(let rest):
      let taken = take(rest, into: &output)
      body = taken == rest ? .done : .length(rest - taken)
      return taken > 0
    case .chunk(let rest):
      let taken = take(rest, into: &output)
      body = taken == rest ? .chunkEnd : .chunk(rest - taken)
      return taken > 0
    case .chunkSize, .chunkEnd, .trailers: return try advanceLine()
    }
  }

  private mutating func advanceLine() throws -> Bool {
    guard let end = Self.find([13, 10], in: buffer) else { return false }
    let line = String(decoding: buffer[..<end], as: UTF8.self)
    buffer.removeFirst(end + 2)
    switch body {
    case .chunkSize:
      let digits = line.prefix { $0 != ";" }
      guard let size = Int(digits, radix: 16), size >= 0 else {
        throw MalformedMessage(description: "a chunk of size \(line)")
      }
      body = size == 0 ? .trailers : .chunk(size)
    case .chunkEnd:
      guard line.isEmpty else { throw MalformedMessage(description: "a chunk that goes on") }
      body = .chunkSize
    default:
      if line.isEmpty { body = .done }
    }
    return true
  }

  private mutating func take(_ count: Int, into output: inout [UInt8]) -> Int {
    let taken = min(count, buffer.count)
    output += buffer.prefix(taken)
    buffer.removeFirst(taken)
    return taken
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    return (0...(bytes.count - pattern.count)).first { start in
      bytes[start] == pattern[0] && bytes[start..<(start + pattern.count)].elementsEqual(pattern)
    }
  }
}
