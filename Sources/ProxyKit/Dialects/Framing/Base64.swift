/// Base64 (RFC 4648), written with padding and read in either alphabet, with padding or without.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  /// Two characters for each twelve bits.
  private static let pairs: [UInt16] = (0..<4096).map { bits in
    UInt16(alphabet[bits >> 6]) | UInt16(alphabet[bits & 63]) << 8
  }

  /// The six bits of each character; 0xFF for what is none.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    values[Int(UInt8(ascii: "-"))] = 62
    values[Int(UInt8(ascii: "_"))] = 63
    return values
  }()

  package static func encode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    append(bytes, to: &out)
    return out
  }

  /// The encoding that stands in URLs and tokens: its own two characters, and no padding.
  package static func urlText(_ bytes: [UInt8]) -> String {
    let coded = encode(bytes[...]).prefix { $0 != padding }
    let safe = coded.map { character -> UInt8 in
      switch character {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      default: character
      }
    }
    return String(decoding: safe, as: UTF8.self)
  }

  /// Appends the encoding of the bytes.
  package static func append(_ bytes: ArraySlice<UInt8>, to out: inout [UInt8]) {
    let start = out.count
    out.append(contentsOf: repeatElement(padding, count: (bytes.count + 2) / 3 * 4))
    let pairs = pairs.span
    let source = bytes.span
    var target = out.mutableSpan
    precondition(pairs.count == 4096)
    var at = 0
    var place = start
    // Indices of pairs have twelve bits; the room for the target was made above.
    while at &+ 3 <= source.count {
      let bits =
        unsafe Int(source[unchecked: at]) << 16
        | Int(source[unchecked: at &+ 1]) << 8 | Int(source[unchecked: at &+ 2])
      unsafe put(pairs[unchecked: bits >> 12], at: place, into: &target)
      unsafe put(pairs[unchecked: bits & 0xFFF], at: place &+ 2, into: &target)
      at &+= 3
      place &+= 4
    }
    let left = source.count &- at
    guard left > 0 else { return }
    let bits = Int(source[at]) << 16 | (left == 2 ? Int(source[at &+ 1]) << 8 : 0)
    unsafe put(pairs[bits >> 12], at: place, into: &target)
    if left == 2 { target[place &+ 2] = UInt8(truncatingIfNeeded: pairs[bits & 0xFFF]) }
  }

  /// The bytes that the text stands for; nil when it is no base64.
  package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    return append(decoding: text, to: &out) ? out : nil
  }

  /// Appends the bytes that the text stands for; appends nothing when it is no base64.
  package static func append(decoding text: ArraySlice<UInt8>, to out: inout [UInt8]) -> Bool {
    guard let text = withoutPadding(text), text.count & 3 != 1 else { return false }
    let start = out.count
    out.append(contentsOf: repeatElement(0, count: text.count * 3 / 4))
    guard decode(text.span, into: &out, at: start) else {
      out.removeLast(out.count - start)
      return false
    }
    return true
  }

  private static func decode(
    _ source: borrowing Span<UInt8>, into out: inout [UInt8], at start: Int
  ) -> Bool {
    let values = values.span
    precondition(values.count == 256)
    var target = out.mutableSpan
    var at = 0
    var place = start
    var seen: UInt8 = 0
    // A byte is always an index of the values; the room for the target was made by the caller.
    while at &+ 4 <= source.count {
      let first = unsafe values[unchecked: Int(source[unchecked: at])]
      let second = unsafe values[unchecked: Int(source[unchecked: at &+ 1])]
      let third = unsafe values[unchecked: Int(source[unchecked: at &+ 2])]
      let fourth = unsafe values[unchecked: Int(source[unchecked: at &+ 3])]
      seen |= first | second | third | fourth
      unsafe target[unchecked: place] = first << 2 | second >> 4
      unsafe target[unchecked: place &+ 1] = second << 4 | third >> 2
      unsafe target[unchecked: place &+ 2] = third << 6 | fourth
      at &+= 4
      place &+= 3
    }
    let left = source.count &- at
    if left > 0 {
      let (first, second) = (values[Int(source[at])], values[Int(source[at &+ 1])])
      let third = left == 3 ? values[Int(source[at &+ 2])] : 0
      seen |= first | second | third
      target[place] = first << 2 | second >> 4
      if left == 3 { target[place &+ 1] = second << 4 | third >> 2 }
    }
    return seen & 0xC0 == 0
  }

  /// Nil when the padding is not what the length asks for.
  private static func withoutPadding(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard text.last == padding else { return text }
    guard text.count & 3 == 0 else { return nil }
    let once = text.dropLast()
    return once.last == padding ? once.dropLast() : once
  }

  @unsafe @inline(__always)
  private static func put(
    _ pair: UInt16, at place: Int, into target: inout MutableSpan<UInt8>
  ) {
    unsafe target[unchecked: place] = UInt8(truncatingIfNeeded: pair)
    unsafe target[unchecked: place &+ 1] = UInt8(truncatingIfNeeded: pair >> 8)
  }
}
