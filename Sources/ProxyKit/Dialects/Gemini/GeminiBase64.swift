/// Base64 as Google's clients write it: in either alphabet, padded or not.
enum GeminiBase64 {
  /// The same bytes in the alphabet that every vendor reads.
  static func standard(_ text: JSONText) -> JSONText {
    let isOther = text.bytes.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    let escape = UInt8(ascii: "\\")
    guard isOther || text.bytes.count % 4 != 0 || text.bytes.contains(escape) else { return text }
    var out: [UInt8] = []
    out.reserveCapacity(text.bytes.count + 2)
    for byte in text.bytes where byte != escape {
      switch byte {
      case UInt8(ascii: "-"): out.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): out.append(UInt8(ascii: "/"))
      default: out.append(byte)
      }
    }
    while out.count % 4 != 0 { out.append(UInt8(ascii: "=")) }
    return JSONText(escaped: out[...])
  }
}
