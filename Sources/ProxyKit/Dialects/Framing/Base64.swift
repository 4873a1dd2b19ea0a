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

  /// Appends the encoding of the bytes.
  package static func append(_ bytes: ArraySlice<UInt8>, to out: inout [UInt8]) {
    let start = out.count
    out.append(contentsOf: repeatElement(padding, count: (bytes.count + 2) / 3 * 4))
    let pairs = pairs.span
    let source = bytes.span
    var target = out.mutableSpan
    var at = 0
    var place = start
    while at &+ 3 <= source.count {
      let bits =
        Int(source[at]) << 16 | Int(source[at &+ 1]) << 8 | Int(source[at &+ 2])
      put(pairs[bits >> 12], at: place, into: &target)
      put(pairs[bits & 0xFFF], at: place &+ 2, into: &target)
      at &+= 3
      place &+= 4
    }
    let left = source.count &- at
    guard left > 0 else { return }
    let bits = Int(source[at]) << 16 | (left == 2 ? Int(source[at &+ 1]) << 8 : 0)
    put(pairs[bits >> 12], at: place, into: &target)
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
    var target = out.mutableSpan
    var at = 0
    var place = start
    var seen: UInt8 = 0
    while at &+ 4 <= source.count {
      let (first, second) = (values[Int(source[at])], values[Int(source[at &+ 1])])
      let (third, fourth) = (values[Int(source[at &+ 2])], values[Int(source[at &+ 3])])
      seen |= first | second | third | fourth
      target[place] = first << 2 | second >> 4
      target[place &+ 1] = second << 4 | third >> 2
      target[place &+ 2] = third << 6 | fourth
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

  @inline(__always)
  private static func put(
    _ pair: UInt16, at place: Int, into target: inout MutableSpan<UInt8>
  ) {
    target[place] = UInt8(truncatingIfNeeded: pair)
    target[place &+ 1] = UInt8(truncatingIfNeeded: pair >> 8)
  }
}
