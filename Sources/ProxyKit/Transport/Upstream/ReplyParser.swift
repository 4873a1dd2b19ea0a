/// Reads a reply of HTTP/1.1 out of bytes that come in any pieces (RFC 9112).
///
///     statusLine -> fields -> length | chunkSize -> chunk -> chunkEnd -> trailers | untilClose
///                                                                     -> complete
///
/// Interim replies (1xx) are passed over. What is malformed is refused, never guessed.
struct ReplyParser {
  /// What a piece of input gave.
  struct Output {
    var head: Transfer.Head?
    var body: [UInt8] = []
  }

  private enum Phase {
    case statusLine, fields
    case length(Int)
    case chunkSize, chunkEnd, trailers
    case chunk(Int)
    case untilClose
    case complete
  }

  /// What is wrong with the input.
  struct Malformed: Error {}

  private let isHeadRequest: Bool
  private var phase = Phase.statusLine
  /// A line whose end has not come yet.
  private var line: [UInt8] = []
  private var headBytes = 0
  private var head = Transfer.Head(status: 0, fields: HTTPFields())
  private var contentLength: Int?
  private var isChunked = false
  private var isUnknownCoding = false
  private(set) var hasBegun = false
  private var keepsConnection = true

  init(isHeadRequest: Bool) {
    self.isHeadRequest = isHeadRequest
  }

  var isComplete: Bool {
    if case .complete = phase { return true }
    return false
  }

  /// Whether the connection can carry another request once the reply is complete.
  var allowsReuse: Bool { isComplete && keepsConnection }

  /// Whether a connection that ends here ends the reply well.
  var mayEndHere: Bool {
    if case .untilClose = phase { return true }
    return isComplete
  }

  /// Takes a piece; what lies beyond the reply's end makes the connection unfit for another.
  mutating func take(
    _ bytes: UnsafeRawBufferPointer, into output: inout Output
  ) throws(Malformed) {
    var rest = unsafe bytes
    hasBegun = unsafe hasBegun || !rest.isEmpty
    while unsafe !rest.isEmpty {
      switch phase {
      case .complete:
        keepsConnection = false
        return
      case .untilClose:
        unsafe output.body.append(contentsOf: rest)
        return
      case .length(let left):
        let piece = unsafe take(min(left, rest.count), of: &rest, into: &output)
        phase = piece == left ? .complete : .length(left - piece)
      case .chunk(let left):
        let piece = unsafe take(min(left, rest.count), of: &rest, into: &output)
        phase = piece == left ? .chunkEnd : .chunk(left - piece)
      case .statusLine, .fields, .chunkSize, .chunkEnd, .trailers:
        guard let end = unsafe rest.firstIndex(of: 0x0A) else {
          unsafe line.append(contentsOf: rest)
          guard line.count + headBytes <= Transfer.largestHead else { throw Malformed() }
          return
        }
        let piece = unsafe UnsafeRawBufferPointer(rebasing: rest[..<end])
        unsafe rest = unsafe UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        unsafe try takeLine(piece, into: &output)
      }
    }
  }

  private func take(
    _ count: Int, of rest: inout UnsafeRawBufferPointer, into output: inout Output
  ) -> Int {
    unsafe output.body.append(contentsOf: rest[..<count])
    unsafe rest = unsafe UnsafeRawBufferPointer(rebasing: rest[count...])
    return count
  }

  private mutating func takeLine(
    _ piece: UnsafeRawBufferPointer, into output: inout Output
  ) throws(Malformed) {
    headBytes += piece.count + 1
    if line.isEmpty {
      unsafe try takeWholeLine(piece.withoutCarriageReturn, into: &output)
      return
    }
    unsafe line.append(contentsOf: piece)
    let whole = line
    line = []
    var failure: Malformed?
    unsafe whole.withUnsafeBytes { bytes in
      do throws(Malformed) {
        unsafe try takeWholeLine(bytes.withoutCarriageReturn, into: &output)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private mutating func takeWholeLine(
    _ line: UnsafeRawBufferPointer, into output: inout Output
  ) throws(Malformed) {
    switch phase {
    case .statusLine:
      unsafe try beginHead(line)
    case .fields:
      if unsafe line.isEmpty {
        try endHead(into: &output)
      } else {
        unsafe try takeField(line)
      }
    case .chunkSize:
      headBytes = 0
      let size = unsafe try chunkSize(line)
      phase = size == 0 ? .trailers : .chunk(size)
    case .chunkEnd:
      guard unsafe line.isEmpty else { throw Malformed() }
      phase = .chunkSize
    case .trailers:
      guard headBytes <= Transfer.largestHead else { throw Malformed() }
      if unsafe line.isEmpty { phase = .complete }
    case .length, .chunk, .untilClose, .complete:
      break
    }
  }

  private mutating func beginHead(_ line: UnsafeRawBufferPointer) throws(Malformed) {
    guard line.count >= 12, unsafe line.starts(with: "HTTP/1.".utf8), unsafe line[8] == 0x20 else {
      throw Malformed()
    }
    var status = 0
    for index in 9..<12 {
      let digit = unsafe line[index]
      guard digit >= 0x30, digit <= 0x39 else { throw Malformed() }
      status = status * 10 + Int(digit - 0x30)
    }
    guard status >= 100, status != 101, unsafe line.count == 12 || line[12] == 0x20 else {
      throw Malformed()
    }
    keepsConnection = unsafe line[7] != 0x30
    head = Transfer.Head(status: status, fields: HTTPFields())
    head.fields.reserve(12)
    contentLength = nil
    isChunked = false
    isUnknownCoding = false
    phase = .fields
  }

  private mutating func takeField(_ line: UnsafeRawBufferPointer) throws(Malformed) {
    guard headBytes <= Transfer.largestHead else { throw Malformed() }
    guard let colon = unsafe line.firstIndex(of: 0x3A), colon > 0,
      unsafe line[..<colon].allSatisfy(\.isTokenByte)
    else { throw Malformed() }
    let name = unsafe String(
      decoding: UnsafeRawBufferPointer(rebasing: line[..<colon]), as: UTF8.self)
    let value = unsafe String(
      decoding: UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).trimmed, as: UTF8.self)
    switch colon {
    case 10 where name.equalsIgnoringCase("connection"):
      for option in value.split(separator: ",") {
        let option = String(option.drop { $0 == " " })
        if option.equalsIgnoringCase("close") { keepsConnection = false }
        if option.equalsIgnoringCase("keep-alive") { keepsConnection = true }
      }
    case 14 where name.equalsIgnoringCase("content-length"):
      guard !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
        let length = Int(value), contentLength == nil || contentLength == length
      else { throw Malformed() }
      contentLength = length
    case 17 where name.equalsIgnoringCase("transfer-encoding"):
      if isChunked || !value.equalsIgnoringCase("chunked") { isUnknownCoding = true }
      isChunked = true
    default: break
    }
    head.fields.append(name, value)
  }

  private mutating func endHead(into output: inout Output) throws(Malformed) {
    headBytes = 0
    guard head.status >= 200 else {
      phase = .statusLine
      return
    }
    guard !isUnknownCoding else { throw Malformed() }
    output.head = head
    if isHeadRequest || head.status == 204 || head.status == 304 {
      phase = .complete
    } else if isChunked {
      // Both together may be an attempt at smuggling: the coding decides (section 6.3).
      if contentLength != nil { keepsConnection = false }
      phase = .chunkSize
    } else if let contentLength {
      phase = contentLength == 0 ? .complete : .length(contentLength)
    } else {
      keepsConnection = false
      phase = .untilClose
    }
  }

  private func chunkSize(_ line: UnsafeRawBufferPointer) throws(Malformed) -> Int {
    var size = 0
    var digits = 0
    for index in line.indices {
      let byte = unsafe line[index]
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      case 0x3B, 0x20, 0x09:
        // An extension, which nobody uses.
        guard digits > 0 else { throw Malformed() }
        return size
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

extension UnsafeRawBufferPointer {
  fileprivate var withoutCarriageReturn: UnsafeRawBufferPointer {
    guard let last = unsafe last, last == 0x0D else { return unsafe self }
    return unsafe UnsafeRawBufferPointer(rebasing: self[..<(count - 1)])
  }
}
