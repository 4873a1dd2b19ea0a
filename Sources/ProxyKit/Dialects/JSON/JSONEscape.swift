/// Escapes text for the inside of a JSON string, and takes the escapes out again.
enum JSONEscape {
  static func append(_ text: String, to out: inout [UInt8]) {
    var text = text
    text.makeContiguousUTF8()
    append(text.utf8.span, to: &out)
  }

  static func append(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
    append(text.span, to: &out)
  }

  /// No more than this is escaped at once, as room is asked for as if all of it needed escapes.
  private static let step = 512

  private static func append(_ text: Span<UInt8>, to out: inout [UInt8]) {
    var at = 0
    while at < text.count {
      let start = at
      // The last eight bytes of a step may lie beyond its end.
      let end = min(start &+ step, text.count)
      out.append(addingCapacity: (end &- start &+ 8) &* 6) { room in
        unsafe room.withUnsafeMutableBufferPointer { buffer, count in
          guard let base = buffer.baseAddress else { return }
          var place = unsafe UnsafeMutableRawPointer(base + count)
          at = unsafe write(text, start, until: end, to: &place)
          count = unsafe place - UnsafeMutableRawPointer(base)
        }
      }
    }
  }

  /// Copies eight bytes at a step, and goes back to the first of them that needs an escape.
  private static func write(
    _ text: Span<UInt8>, _ start: Int, until end: Int, to out: inout UnsafeMutableRawPointer
  ) -> Int {
    let raw = unsafe text.bytes
    var at = start
    while at < end {
      if at &+ 8 <= text.count {
        let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
        unsafe out.storeBytes(of: word, as: UInt64.self)
        let mask = JSONStringScan.stops(in: word)
        let plain = mask == 0 ? 8 : mask.trailingZeroBitCount >> 3
        at &+= plain
        unsafe out += plain
        if mask == 0 { continue }
      } else if text[at] >= 0x20, text[at] != UInt8(ascii: "\""), text[at] != UInt8(ascii: "\\") {
        unsafe out.put(text[at])
        at &+= 1
        continue
      }
      unsafe writeEscape(of: text[at], to: &out)
      at &+= 1
    }
    return at
  }

  @inline(__always)
  private static func writeEscape(of byte: UInt8, to out: inout UnsafeMutableRawPointer) {
    unsafe out.put(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): unsafe out.put(byte)
    case 0x0A: unsafe out.put(UInt8(ascii: "n"))
    case 0x0D: unsafe out.put(UInt8(ascii: "r"))
    case 0x09: unsafe out.put(UInt8(ascii: "t"))
    default:
      unsafe out.put(UInt8(ascii: "u"))
      unsafe out.put(UInt8(ascii: "0"))
      unsafe out.put(UInt8(ascii: "0"))
      unsafe out.put(Hexadecimal.digit(byte >> 4))
      unsafe out.put(Hexadecimal.digit(byte & 15))
    }
  }
}
