/// Percent-encoding (RFC 3986), as strict as Amazon's signatures need it.
package enum URIEncoding {
  /// Encodes everything but letters, digits, `-`, `.`, `_` and `~`; slashes where they are kept.
  package static func encode(_ text: some StringProtocol, keepingSlashes: Bool = false) -> String {
    encode(Array(text.utf8), keepingSlashes: keepingSlashes)
  }

  static func encode(_ bytes: [UInt8], keepingSlashes: Bool) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + 16)
    for byte in bytes {
      if byte.isUnreserved || (keepingSlashes && byte == UInt8(ascii: "/")) {
        out.append(byte)
      } else {
        out.append(UInt8(ascii: "%"))
        out.append(upperDigit(byte >> 4))
        out.append(upperDigit(byte & 15))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The text behind the codes; bytes that are no UTF-8 become U+FFFD.
  package static func text(_ text: some StringProtocol) -> String {
    String(decoding: decode(text), as: UTF8.self)
  }

  /// The bytes behind the text; a percent sign that begins no code stands for itself.
  static func decode(_ text: some StringProtocol) -> [UInt8] {
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count,
        let high = Hexadecimal.value(bytes[at + 1]), let low = Hexadecimal.value(bytes[at + 2])
      {
        out.append(high << 4 | low)
        at += 3
      } else {
        out.append(bytes[at])
        at += 1
      }
    }
    return out
  }

  private static func upperDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") - 10 + value
  }
}

extension UInt8 {
  fileprivate var isUnreserved: Bool {
    switch self {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}

enum Hexadecimal {
  /// Lower-case digits, two for each byte.
  static func text(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      out.append(digit(byte >> 4))
      out.append(digit(byte & 15))
    }
    return String(decoding: out, as: UTF8.self)
  }

  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }
}
