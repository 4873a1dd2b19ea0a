/// Bytes appended in one step: room is asked for once, and what is appended is copied as memory.
///
/// The library's own `append(contentsOf:)` walks a slice as a sequence, at four times the price.
extension [UInt8] {
  package mutating func append(contentsOf bytes: ArraySlice<UInt8>) {
    append(bytes.span)
  }

  package mutating func append(contentsOf bytes: [UInt8]) {
    append(bytes.span)
  }

  /// Appends the literal's bytes.
  package mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { unsafe append($0.span) }
  }

  /// Appends the span's bytes.
  mutating func append(_ bytes: Span<UInt8>) {
    let length = bytes.count
    append(addingCapacity: length) { room in
      unsafe room.withUnsafeMutableBufferPointer { buffer, count in
        guard let start = buffer.baseAddress else { return }
        unsafe UnsafeMutableRawPointer(start + count).copy(bytes)
        count &+= length
      }
    }
  }

  /// Appends the bytes between quotes, with a comma in front or a colon behind where one is due.
  mutating func append(quoted bytes: Span<UInt8>, comma: Bool, colon: Bool = false) {
    let length = bytes.count
    append(addingCapacity: length &+ 4) { room in
      unsafe room.withUnsafeMutableBufferPointer { buffer, count in
        guard let start = buffer.baseAddress else { return }
        var place = unsafe UnsafeMutableRawPointer(start + count)
        if comma { unsafe place.put(UInt8(ascii: ",")) }
        unsafe place.put(UInt8(ascii: "\""))
        unsafe place.copy(bytes)
        unsafe place += length
        unsafe place.put(UInt8(ascii: "\""))
        if colon { unsafe place.put(UInt8(ascii: ":")) }
        count = unsafe place - UnsafeMutableRawPointer(start)
      }
    }
  }
}

extension UnsafeMutableRawPointer {
  /// Stores the byte and moves behind it.
  @inline(__always)
  mutating func put(_ byte: UInt8) {
    unsafe storeBytes(of: byte, as: UInt8.self)
    unsafe self += 1
  }

  @inline(__always)
  fileprivate func copy(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe copyMemory(from: start, byteCount: source.count)
    }
  }
}
