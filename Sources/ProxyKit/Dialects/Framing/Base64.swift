/// Bytes as text of sixty-four letters.
package enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The value of each letter of both alphabets, 0xFF for what is no letter.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
    values[Int(UInt8(ascii: "-"))] = 62
    values[Int(UInt8(ascii: "_"))] = 63
    return values
  }()

  /// Appends the standard alphabet's text, padded.
  package static func encode(_ bytes: ArraySlice<UInt8>, into out: inout [UInt8]) {
    out.reserveCapacity(out.count + (bytes.count + 2) / 3 * 4)
    let letters = Self.letters
    var at = bytes.startIndex
    while at + 2 < bytes.endIndex {
      let three = Int(bytes[at]) << 16 | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
      out.append(letters[three >> 18])
      out.append(letters[three >> 12 & 63])
      out.append(letters[three >> 6 & 63])
      out.append(letters[three & 63])
      at += 3
    }
    let rest = bytes.endIndex - at
    guard rest > 0 else { return }
    let last = Int(bytes[at]) << 16 | (rest == 2 ? Int(bytes[at + 1]) << 8 : 0)
    out.append(letters[last >> 18])
    out.append(letters[last >> 12 & 63])
    out.append(rest == 2 ? letters[last >> 6 & 63] : UInt8(ascii: "="))
    out.append(UInt8(ascii: "="))
  }

  /// Reads either alphabet, padded or not; nil for anything else.
  package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var text = text
    while text.last == UInt8(ascii: "=") { text.removeLast() }
    guard text.count % 4 != 1 else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 4 * 3 + 2)
    let values = Self.values
    var bits: UInt32 = 0
    var count = 0
    for letter in text {
      let value = values[Int(letter)]
      guard value != 0xFF else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return out
  }
}
