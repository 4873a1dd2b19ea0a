/// Collects the fields of a head that lies in one piece of memory.
@safe
struct HeadFields {
  /// What a field is, as far as it decides how a message is read.
  enum Meaning {
    case host, expect, connection, contentLength, transferEncoding, other
  }

  private let block: UnsafeRawBufferPointer
  private var spans: [HTTPFields.Span] = []

  init(_ block: UnsafeRawBufferPointer) {
    unsafe self.block = unsafe block
    spans.reserveCapacity(12)
  }

  /// The fields, with a copy of the memory.
  var fields: HTTPFields {
    unsafe HTTPFields(head: [UInt8](block), spans: spans)
  }

  /// Takes the line in `range`, without its end; nothing when it is no field.
  mutating func take(_ range: Range<Int>) -> (meaning: Meaning, value: UnsafeRawBufferPointer)? {
    guard let colon = unsafe block.index(of: 0x3A, from: range.lowerBound), colon < range.upperBound
    else {
      return nil
    }
    let name = unsafe block.part(range.lowerBound..<colon)
    guard unsafe name.isToken else { return nil }
    var start = colon + 1
    var end = range.upperBound
    while start < end, unsafe block[start] == 0x20 || block[start] == 0x09 { start += 1 }
    while end > start, unsafe block[end - 1] == 0x20 || block[end - 1] == 0x09 { end -= 1 }
    spans.append(
      HTTPFields.Span(
        name: UInt32(range.lowerBound), nameCount: UInt32(name.count), value: UInt32(start),
        valueCount: UInt32(end - start)))
    return unsafe (HeadFields.meaning(of: name), block.part(start..<end))
  }

  private static func meaning(of name: UnsafeRawBufferPointer) -> Meaning {
    switch name.count {
    case 4 where unsafe name.isCalled("host"): .host
    case 6 where unsafe name.isCalled("expect"): .expect
    case 10 where unsafe name.isCalled("connection"): .connection
    case 14 where unsafe name.isCalled("content-length"): .contentLength
    case 17 where unsafe name.isCalled("transfer-encoding"): .transferEncoding
    default: .other
    }
  }
}
