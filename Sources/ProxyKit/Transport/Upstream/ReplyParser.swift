/// Reads a reply of HTTP/1.1 out of bytes that come in any pieces (RFC 9112).
///
///     head -> length | chunkSize -> chunk -> chunkEnd -> trailers | untilClose -> complete
///
/// Interim replies (1xx) are passed over. What is malformed is refused, never guessed.
struct ReplyParser {
  /// What a piece of input gave.
  struct Output {
    var head: Transfer.Head?
    var body: [UInt8] = []
  }

  private enum Phase {
    case head
    case length(Int)
    case chunkSize, chunkEnd, trailers
    case chunk(Int)
    case untilClose
    case complete
  }

  /// What is wrong with the input.
  struct Malformed: Error {}

  private static let longestLine = 8192

  private let isHeadRequest: Bool
  private var phase = Phase.head
  /// A head or a line whose end has not come yet.
  private var started: [UInt8] = []
  private var trailerBytes = 0
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
      case .head:
        try unsafe takeHead(&rest, into: &output)
      case .chunkSize, .chunkEnd, .trailers:
        try unsafe takeLine(&rest)
      }
    }
  }

  private func take(
    _ count: Int, of rest: inout UnsafeRawBufferPointer, into output: inout Output
  ) -> Int {
    unsafe output.body.append(contentsOf: rest.take(count))
    return count
  }

  private mutating func takeHead(
    _ rest: inout UnsafeRawBufferPointer, into output: inout Output
  ) throws(Malformed) {
    if started.isEmpty {
      if let end = unsafe ReplyParser.endOfHead(rest, from: 0) {
        try unsafe parseHead(rest.take(end), into: &output)
        return
      }
      unsafe started.append(contentsOf: rest.take(rest.count))
    } else {
      let before = started.count
      unsafe started.append(contentsOf: rest)
      let end = unsafe started.withUnsafeBytes {
        unsafe ReplyParser.endOfHead($0, from: max(0, before - 2))
      }
      if let end {
        _ = unsafe rest.take(end - before)
        let whole = started
        started = []
        let failure = unsafe whole.withUnsafeBytes { bytes -> Malformed? in
          do throws(Malformed) {
            try unsafe parseHead(bytes.part(0..<end), into: &output)
            return nil
          } catch {
            return error
          }
        }
        if let failure { throw failure }
        return
      }
      _ = unsafe rest.take(rest.count)
    }
    guard started.count <= Transfer.largestHead else { throw Malformed() }
  }

  /// Behind the empty line; a lone line feed ends a line as well.
  private static func endOfHead(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var at = start
    while let feed = unsafe bytes.index(of: 0x0A, from: at) {
      if feed + 1 < bytes.count, unsafe bytes[feed + 1] == 0x0A { return feed + 2 }
      if feed + 2 < bytes.count, unsafe bytes[feed + 1] == 0x0D, unsafe bytes[feed + 2] == 0x0A {
        return feed + 3
      }
      at = feed + 1
    }
    return nil
  }

  private mutating func parseHead(
    _ block: UnsafeRawBufferPointer, into output: inout Output
  ) throws(Malformed) {
    guard block.count <= Transfer.largestHead else { throw Malformed() }
    var reading = unsafe Reading(block)
    var start = 0
    while let feed = unsafe block.index(of: 0x0A, from: start) {
      let end = unsafe feed > start && block[feed - 1] == 0x0D ? feed - 1 : feed
      if start == 0 {
        try unsafe reading.takeStatus(block.part(0..<end))
      } else if start < end {
        try reading.takeField(start..<end)
      }
      start = feed + 1
    }
    guard reading.status >= 200 else { return }
    guard !reading.isUnknownCoding else { throw Malformed() }
    output.head = Transfer.Head(status: reading.status, fields: reading.collected.fields)
    keepsConnection = reading.keepsConnection
    settle(reading)
  }

  private mutating func settle(_ reading: Reading) {
    if isHeadRequest || reading.status == 204 || reading.status == 304 {
      phase = .complete
    } else if reading.isChunked {
      // Both together may be an attempt at smuggling: the coding decides (section 6.3).
      if reading.contentLength != nil { keepsConnection = false }
      phase = .chunkSize
    } else if let length = reading.contentLength {
      phase = length == 0 ? .complete : .length(length)
    } else {
      keepsConnection = false
      phase = .untilClose
    }
  }

  private mutating func takeLine(_ rest: inout UnsafeRawBufferPointer) throws(Malformed) {
    guard let feed = unsafe rest.index(of: 0x0A, from: 0) else {
      unsafe started.append(contentsOf: rest.take(rest.count))
      guard started.count <= ReplyParser.longestLine else { throw Malformed() }
      return
    }
    let piece = unsafe rest.take(feed + 1)
    if started.isEmpty {
      try unsafe takeWholeLine(piece.part(0..<feed).withoutCarriageReturn)
      return
    }
    unsafe started.append(contentsOf: piece.part(0..<feed))
    let whole = started
    started = []
    let failure = unsafe whole.withUnsafeBytes { bytes -> Malformed? in
      do throws(Malformed) {
        try unsafe takeWholeLine(bytes.withoutCarriageReturn)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  private mutating func takeWholeLine(_ line: UnsafeRawBufferPointer) throws(Malformed) {
    guard line.count <= ReplyParser.longestLine else { throw Malformed() }
    switch phase {
    case .chunkSize:
      let size = try unsafe chunkSize(line)
      phase = size == 0 ? .trailers : .chunk(size)
    case .chunkEnd:
      guard unsafe line.isEmpty else { throw Malformed() }
      phase = .chunkSize
    case .trailers:
      trailerBytes += line.count
      guard trailerBytes <= Transfer.largestHead else { throw Malformed() }
      if unsafe line.isEmpty { phase = .complete }
    case .head, .length, .chunk, .untilClose, .complete:
      break
    }
  }

  private func chunkSize(_ line: UnsafeRawBufferPointer) throws(Malformed) -> Int {
    var size = 0
    var digits = 0
    for at in line.indices {
      let byte = unsafe line[at]
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

extension ReplyParser {
  /// A head while it is read.
  @safe
  fileprivate struct Reading {
    private let block: UnsafeRawBufferPointer
    var collected: HeadFields
    var status = 0
    var contentLength: Int?
    var isChunked = false
    var isUnknownCoding = false
    var keepsConnection = true

    init(_ block: UnsafeRawBufferPointer) {
      unsafe self.block = unsafe block
      collected = unsafe HeadFields(block)
    }

    mutating func takeStatus(_ line: UnsafeRawBufferPointer) throws(Malformed) {
      guard line.count >= 12, unsafe line.part(0..<7).isCalled("http/1."), unsafe line[8] == 0x20,
        unsafe line.part(9..<12).isNumber, unsafe line.count == 12 || line[12] == 0x20
      else { throw Malformed() }
      for at in 9..<12 { status = unsafe status * 10 + Int(line[at] - 0x30) }
      guard status >= 100, status != 101 else { throw Malformed() }
      keepsConnection = unsafe line[7] != 0x30
    }

    mutating func takeField(_ range: Range<Int>) throws(Malformed) {
      guard let (meaning, value) = unsafe collected.take(range) else { throw Malformed() }
      switch meaning {
      case .connection:
        if unsafe value.listHas("close") {
          keepsConnection = false
        } else if unsafe value.listHas("keep-alive") {
          keepsConnection = true
        }
      case .contentLength:
        guard unsafe value.isNumber, let length = unsafe Int(value.text(0..<value.count)),
          contentLength == nil || contentLength == length
        else { throw Malformed() }
        contentLength = length
      case .transferEncoding:
        if unsafe isChunked || !value.isCalled("chunked") { isUnknownCoding = true }
        isChunked = true
      case .host, .expect, .other: break
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var withoutCarriageReturn: UnsafeRawBufferPointer {
    guard let last = unsafe last, last == 0x0D else { return unsafe self }
    return unsafe part(0..<(count - 1))
  }
}
