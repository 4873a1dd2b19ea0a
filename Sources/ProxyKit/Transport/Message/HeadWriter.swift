/// Writes a message's head, or any bytes whose number is bounded beforehand, in one go.
@safe
struct HeadWriter {
  private let buffer: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  private init(_ buffer: UnsafeMutableRawBufferPointer) {
    unsafe self.buffer = unsafe buffer
  }

  /// The bytes that `body` writes, which may be `capacity` at most.
  static func bytes(capacity: Int, _ body: (inout HeadWriter) -> Void) -> [UInt8] {
    // `init(unsafeUninitializedCapacity:)` is not specialised and looks its metadata up.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(capacity)
    bytes.append(addingCapacity: capacity) { span in
      unsafe span.withUnsafeMutableBufferPointer { buffer, count in
        var writer = unsafe HeadWriter(UnsafeMutableRawBufferPointer(buffer))
        body(&writer)
        count = writer.count
      }
    }
    return bytes
  }

  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    unsafe precondition(count + bytes.count <= buffer.count, "a head is larger than was foreseen")
    guard let source = bytes.baseAddress, let target = unsafe buffer.baseAddress else { return }
    unsafe (target + count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  mutating func put(_ text: StaticString) {
    unsafe put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Text that is not written in the program itself, which goes faster.
  mutating func put(text: String) {
    var text = text
    text.withUTF8 { unsafe put(UnsafeRawBufferPointer($0)) }
  }

  /// A number that is not negative, in decimal digits.
  mutating func put(number: Int) {
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      let digit = UInt8(truncatingIfNeeded: 0x30 + number / divisor % 10)
      unsafe withUnsafeBytes(of: digit) { unsafe put($0) }
      divisor /= 10
    }
  }

  mutating func put(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe put($0) }
  }

  /// A field's line; a byte that could end it becomes a space.
  mutating func put(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    unsafe put(name)
    put(": ")
    let start = count
    unsafe put(value)
    if unsafe !value.isFieldText {
      for at in start..<count where unsafe !buffer[at].isFieldByte { unsafe buffer[at] = 0x20 }
    }
    put("\r\n")
  }
}

/// Which header fields are the business of whoever sets them, and which of the connection.
enum HopByHop {
  /// Whether the field goes on; lengths, codings and the connection are our own.
  static func isCarried(_ name: UnsafeRawBufferPointer) -> Bool {
    guard unsafe name.isToken else { return false }
    switch name.count {
    case 2: return unsafe !name.isCalled("te")
    case 7: return unsafe !name.isCalled("upgrade") && !name.isCalled("trailer")
    case 10: return unsafe !name.isCalled("connection") && !name.isCalled("keep-alive")
    case 14: return unsafe !name.isCalled("content-length")
    case 16: return unsafe !name.isCalled("proxy-connection")
    case 17: return unsafe !name.isCalled("transfer-encoding")
    default: return true
    }
  }
}
