internal import CMicrohttpd

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
}

/// Reads the head of a request out of libmicrohttpd and refuses the shapes that proxies and
/// servers are known to read differently (RFC 9112, sections 5.1, 6.1 and 6.3).
@safe
struct RequestReading {
  private(set) var fields = HTTPFields()
  /// Where the last header's value ended in the buffer all headers lie in.
  private var lastEnd: UInt
  private let end: UInt
  private var refusal: Refusal?
  private var contentLengths = 0
  private var contentLength = 0
  private var transferCodings = 0
  private var hosts = 0

  /// `start` is where the request line begins, `size` how many bytes the head has.
  private init(start: UInt, size: UInt) {
    lastEnd = 0
    end = start &+ size
    fields.reserve(16)
  }

  /// Reads all headers of the connection's request.
  static func read(
    _ connection: OpaquePointer, start: UInt, size: UInt, isVersion10: Bool
  ) throws(Refusal) -> (HTTPFields, BodyFraming) {
    var reading = RequestReading(start: start, size: size)
    _ = unsafe withUnsafeMutablePointer(to: &reading) { reading in
      unsafe MHD_get_connection_values_n(
        connection, .HEADER_KIND,
        { owner, _, key, keySize, value, valueSize in
          guard let owner = unsafe owner, let key = unsafe key else { return .YES }
          unsafe owner.assumingMemoryBound(to: RequestReading.self).pointee.take(
            UnsafeRawBufferPointer(start: key, count: keySize),
            UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueSize))
          return .YES
        }, unsafe reading)
    }
    reading.checkGap(to: reading.end)
    let framing = try reading.framing(isVersion10: isVersion10)
    return (reading.fields, framing)
  }

  private mutating func take(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    let start = UInt(bitPattern: name.baseAddress)
    checkGap(to: start)
    lastEnd = UInt(bitPattern: value.baseAddress) + UInt(value.count)
    guard unsafe !name.isEmpty, unsafe name.allSatisfy(\.isTokenByte) else {
      refuse("a header's name has a byte that names may not have")
      return
    }
    guard unsafe value.allSatisfy(\.isFieldByte) else {
      refuse("a header's value has a control byte")
      return
    }
    let field = unsafe String(decoding: name, as: UTF8.self)
    let text = unsafe String(decoding: value, as: UTF8.self)
    switch name.count {
    case 4 where field.equalsIgnoringCase("host"): hosts += 1
    case 14 where field.equalsIgnoringCase("content-length"):
      contentLengths += 1
      if !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let n = Int(text) {
        contentLength = n
      } else {
        refuse("Content-Length is not a number")
      }
    case 17 where field.equalsIgnoringCase("transfer-encoding"):
      transferCodings += 1
      if !text.equalsIgnoringCase("chunked") {
        refuse("the transfer coding is not known; only `chunked` is")
      }
    default: break
    }
    fields.append(field, text)
  }

  /// What lies between two headers may only be what libmicrohttpd leaves of a line's end.
  ///
  /// It cuts a value at a NUL and takes a folded line (RFC 9112, section 5.2) as one: in both
  /// cases more than that lies there.
  private mutating func checkGap(to start: UInt) {
    guard lastEnd != 0, refusal == nil else { return }
    guard start >= lastEnd, start <= end, start - lastEnd < 4096 else { return }
    let gap = unsafe UnsafeRawBufferPointer(
      start: UnsafeRawPointer(bitPattern: lastEnd), count: Int(start - lastEnd))
    if unsafe !gap.allSatisfy({ $0 == 0 || $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }) {
      refuse("a header's value has a NUL byte or goes on in a second line")
    }
  }

  private mutating func refuse(_ message: String) {
    if refusal == nil { refusal = Refusal(status: 400, message: message) }
  }

  private func framing(isVersion10: Bool) throws(Refusal) -> BodyFraming {
    if let refusal { throw refusal }
    func refuse(_ message: String) -> Refusal { Refusal(status: 400, message: message) }
    if hosts > 1 { throw refuse("Host is there twice") }
    if contentLengths > 1 { throw refuse("Content-Length is there twice") }
    if transferCodings > 1 { throw refuse("Transfer-Encoding is there twice") }
    if transferCodings == 1 {
      if contentLengths > 0 {
        throw refuse("Content-Length and Transfer-Encoding cannot go together")
      }
      if isVersion10 { throw refuse("Transfer-Encoding needs HTTP/1.1") }
      return .chunked
    }
    return contentLengths == 1 && contentLength > 0 ? .length(contentLength) : .none
  }
}

extension UInt8 {
  /// Whether a method or a header's name may have it (RFC 9110, section 5.6.2).
  var isTokenByte: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  /// Whether a header's value may have it (RFC 9110, section 5.5).
  var isFieldByte: Bool {
    self >= 0x20 ? self != 0x7F : self == 0x09
  }

  /// Whether a request's target may have it; what lies beyond ASCII is left to the reader.
  var isTargetByte: Bool {
    self > 0x20 && self != 0x7F
  }
}
