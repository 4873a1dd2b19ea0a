/// How a request says where its body ends.
enum BodyFraming: Sendable, Equatable {
  case none
  case length(Int)
  case chunked
}

/// What the server answers by itself because the request must not go further.
struct Refusal: Error, Sendable {
  var status: Int
  var message: String
  /// The path, when the request was understood so far.
  var path = ""
}

/// What a head says.
struct ParsedHead {
  var method = ""
  var path = ""
  var query: String?
  var fields = HTTPFields()
  var framing = BodyFraming.none
  var isVersion10 = false
  var keepsConnection = true
  var expectsContinue = false
}

/// Reads the head of a request, and refuses every shape that another reader might understand
/// differently (RFC 9112, sections 2.2, 3, 5 and 6).
///
///     head = method SP target SP version CRLF *( name ":" OWS value OWS CRLF ) CRLF
///
/// Lines end in CRLF and nothing else; no folding, no white space before a colon, no NUL, no
/// length beside a transfer coding, no field about framing twice.
@safe
struct RequestParser {
  private let block: UnsafeRawBufferPointer
  private var collected: HeadFields
  private var head = ParsedHead()
  private var lengths = 0
  private var length = 0
  private var codings = 0
  private var hosts = 0
  private var saysClose = false
  private var saysKeepAlive = false

  private init(_ block: UnsafeRawBufferPointer) {
    unsafe self.block = unsafe block
    collected = unsafe HeadFields(block)
  }

  /// Where the head in `bytes` ends, looking from `start` on; nothing when it has not ended yet.
  static func end(
    of bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(Refusal) -> Int? {
    var at = start
    while at < bytes.count {
      guard let feed = unsafe bytes.index(of: 0x0A, from: at) else { return nil }
      guard feed > 0, unsafe bytes[feed - 1] == 0x0D else {
        throw Refusal(status: 400, message: "a line does not end in CRLF")
      }
      if feed >= 3, unsafe bytes[feed - 2] == 0x0A { return feed + 1 }
      at = feed + 1
    }
    return nil
  }

  /// Reads a head that is wholly there, its empty line included.
  static func parse(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> ParsedHead {
    var parser = unsafe RequestParser(bytes)
    do throws(Refusal) {
      var start = 0
      while let feed = unsafe bytes.index(of: 0x0A, from: start) {
        let line = start..<(feed - 1)
        if line.isEmpty { break }
        if start == 0 { try parser.takeRequestLine(line) } else { try parser.takeField(line) }
        start = feed + 1
      }
      try parser.conclude()
    } catch {
      throw Refusal(status: error.status, message: error.message, path: parser.head.path)
    }
    return parser.head
  }

  private mutating func takeRequestLine(_ line: Range<Int>) throws(Refusal) {
    guard let first = unsafe block.index(of: 0x20, from: 0), first < line.upperBound,
      unsafe block.part(0..<first).isToken
    else { throw malformed("the request's method has a byte it may not have") }
    guard let second = unsafe block.index(of: 0x20, from: first + 1), second > first + 1,
      second < line.upperBound
    else { throw malformed("the request line is not method, target and version") }
    head.method = unsafe block.text(0..<first)
    var mark: Int?
    for at in (first + 1)..<second {
      let byte = unsafe block[at]
      guard byte.isTargetByte else {
        throw malformed("the request's target has a byte it may not have")
      }
      if byte == 0x3F, mark == nil { mark = at }
    }
    head.path = unsafe block.text((first + 1)..<(mark ?? second))
    if let mark { head.query = unsafe block.text((mark + 1)..<second) }
    try unsafe takeVersion(block.part((second + 1)..<line.upperBound))
  }

  private mutating func takeVersion(_ version: UnsafeRawBufferPointer) throws(Refusal) {
    guard version.count == 8, unsafe version.part(0..<5).isCalled("http/"),
      unsafe version[0] == 0x48,
      unsafe version[6] == 0x2E
    else {
      throw malformed("the request's target has a space or its version is not one of HTTP")
    }
    guard unsafe version[5] == 0x31, unsafe version[7] == 0x30 || version[7] == 0x31 else {
      throw Refusal(status: 505, message: "only HTTP/1.1 and HTTP/1.0 are spoken here")
    }
    head.isVersion10 = unsafe version[7] == 0x30
  }

  private mutating func takeField(_ line: Range<Int>) throws(Refusal) {
    let first = unsafe block[line.lowerBound]
    guard first != 0x20, first != 0x09 else {
      throw malformed("a header goes on in a second line")
    }
    guard let (meaning, value) = unsafe collected.take(line) else {
      throw malformed("a header's name is missing or has a byte it may not have")
    }
    guard unsafe value.isFieldText else { throw malformed("a header's value has a control byte") }
    switch meaning {
    case .host: hosts += 1
    case .expect: head.expectsContinue = unsafe value.isCalled("100-continue")
    case .connection:
      saysClose = unsafe saysClose || value.listHas("close")
      saysKeepAlive = unsafe saysKeepAlive || value.listHas("keep-alive")
    case .contentLength:
      lengths += 1
      guard unsafe value.isNumber, let number = unsafe Int(value.text(0..<value.count)) else {
        throw malformed("Content-Length is not a number")
      }
      length = number
    case .transferEncoding:
      codings += 1
      guard unsafe value.isCalled("chunked") else {
        throw malformed("the transfer coding is not known; only `chunked` is")
      }
    case .other: break
    }
  }

  private mutating func conclude() throws(Refusal) {
    if hosts > 1 { throw malformed("Host is there twice") }
    if lengths > 1 { throw malformed("Content-Length is there twice") }
    if codings > 1 { throw malformed("Transfer-Encoding is there twice") }
    if codings == 1 {
      if lengths > 0 {
        throw malformed("Content-Length and Transfer-Encoding cannot go together")
      }
      if head.isVersion10 { throw malformed("Transfer-Encoding needs HTTP/1.1") }
      head.framing = .chunked
    } else if length > 0 {
      head.framing = .length(length)
    }
    head.keepsConnection = !saysClose && (saysKeepAlive || !head.isVersion10)
    head.fields = collected.fields
  }

  private func malformed(_ message: String) -> Refusal {
    Refusal(status: 400, message: message)
  }
}

/// Reads a body that comes in any pieces (RFC 9112, section 7.1, for chunks).
struct BodyDecoder {
  private enum Phase: Equatable {
    case length(Int)
    case size
    case chunk(Int)
    case chunkEnd
    case trailers
    case complete
  }

  /// What is wrong with the input.
  struct Malformed: Error {}

  /// A chunk's size with its extension, or all trailers, may not be longer.
  private static let longestLine = 4096

  private var phase: Phase
  private var line: [UInt8] = []
  private var trailerBytes = 0

  init(_ framing: BodyFraming) {
    phase =
      switch framing {
      case .none: .complete
      case .length(let length): length == 0 ? .complete : .length(length)
      case .chunked: .size
      }
  }

  var isComplete: Bool { phase == .complete }

  /// Takes from `rest` until it has a piece of the body; nothing when `rest` is used up or the
  /// body is complete.
  mutating func next(
    _ rest: inout UnsafeRawBufferPointer
  ) throws(Malformed) -> UnsafeRawBufferPointer? {
    while unsafe !rest.isEmpty {
      switch phase {
      case .complete: return nil
      case .length(let left):
        let piece = unsafe rest.take(min(left, rest.count))
        phase = piece.count == left ? .complete : .length(left - piece.count)
        return unsafe piece
      case .chunk(let left):
        let piece = unsafe rest.take(min(left, rest.count))
        phase = piece.count == left ? .chunkEnd : .chunk(left - piece.count)
        return unsafe piece
      case .size, .chunkEnd, .trailers:
        guard let feed = unsafe rest.index(of: 0x0A, from: 0) else {
          unsafe line.append(contentsOf: rest)
          unsafe rest = unsafe rest.take(0)
          guard line.count <= BodyDecoder.longestLine else { throw Malformed() }
          return nil
        }
        unsafe line.append(contentsOf: rest.take(feed + 1))
        let whole = line
        line.removeAll(keepingCapacity: true)
        try take(whole)
      }
    }
    return nil
  }

  private mutating func take(_ line: [UInt8]) throws(Malformed) {
    guard line.count >= 2, line[line.count - 2] == 0x0D, line.count <= BodyDecoder.longestLine
    else { throw Malformed() }
    switch phase {
    case .size:
      let size = try BodyDecoder.size(line[..<(line.count - 2)])
      phase = size == 0 ? .trailers : .chunk(size)
    case .chunkEnd:
      guard line.count == 2 else { throw Malformed() }
      phase = .size
    case .trailers:
      trailerBytes += line.count
      guard trailerBytes <= BodyDecoder.longestLine else { throw Malformed() }
      if line.count == 2 { phase = .complete }
    case .length, .chunk, .complete:
      break
    }
  }

  private static func size(_ line: ArraySlice<UInt8>) throws(Malformed) -> Int {
    var size = 0
    var digits = 0
    for byte in line {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      case 0x3B where digits > 0: return size
      default: throw Malformed()
      }
      digits += 1
      guard digits <= 15 else { throw Malformed() }
      size = size << 4 | Int(digit)
    }
    guard digits > 0 else { throw Malformed() }
    return size
  }
}
