/// Names of documents as Bedrock accepts them, each once in a request.
///
/// Letters, digits, single spaces, hyphens, parentheses and square brackets are allowed.
struct ConverseDocumentNames {
  private static let longest = 200
  private var taken: Set<String> = []

  /// The name for a document with this title.
  mutating func name(for title: JSONText?) -> JSONText {
    let plain = Self.sanitised(title?.string ?? "")
    let stem = plain.isEmpty ? "document" : plain
    var name = stem
    var number = 1
    while !taken.insert(name).inserted {
      number += 1
      let ending = "-\(number)"
      name = String(stem.prefix(Self.longest - ending.utf8.count)) + ending
    }
    return JSONText(name)
  }

  private static func sanitised(_ title: String) -> String {
    var out: [UInt8] = []
    for scalar in title.unicodeScalars {
      let byte = scalar.isASCII ? UInt8(scalar.value) : UInt8(ascii: "-")
      let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte)
      if isSpace {
        if let last = out.last, last != 0x20 { out.append(0x20) }
      } else {
        out.append(isAllowed(byte) ? byte : UInt8(ascii: "-"))
      }
      if out.count == longest { break }
    }
    while out.last == 0x20 { out.removeLast() }
    return String(decoding: out, as: UTF8.self)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"):
      true
    default: false
    }
  }
}
