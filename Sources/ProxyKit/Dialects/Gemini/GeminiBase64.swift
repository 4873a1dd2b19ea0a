/// Base64 as Google's clients write it: in either alphabet, padded or not.
enum GeminiBase64 {
  /// The same bytes in the alphabet that every vendor reads.
  static func standard(_ text: JSONText) -> JSONText {
    let isOther = text.bytes.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    let isEscaped = text.bytes.contains(UInt8(ascii: "\\"))
    guard isOther || isEscaped || text.bytes.count % 4 != 0 else { return text }
    var out: [UInt8] = []
    out.reserveCapacity(text.bytes.count + 2)
    for byte in isEscaped ? text.unescaped[...] : text.bytes {
      switch byte {
      case UInt8(ascii: "-"): out.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): out.append(UInt8(ascii: "/"))
      // Some clients break base64 into lines.
      case 0x0A, 0x0D: break
      default: out.append(byte)
      }
    }
    while out.count % 4 != 0 { out.append(UInt8(ascii: "=")) }
    return isEscaped ? JSONText(escaping: out[...]) : JSONText(escaped: out[...])
  }
}
