/// Names of functions in Google's alphabet, each with one spelling, no two with the same.
struct GeminiToolNames {
  private static let longest = 64

  private var spellings: [JSONText: JSONText] = [:]
  private var taken: Set<JSONText> = []
  /// The spellings that differ, with the client's own.
  private(set) var originals: [JSONText: JSONText] = [:]

  init(_ conversation: Conversation) {
    // A name that needs no spelling must not lose it to one that does.
    for tool in conversation.tools where Self.isAccepted(tool.name) { _ = spelling(of: tool.name) }
    for tool in conversation.tools { _ = spelling(of: tool.name) }
  }

  mutating func spelling(of name: JSONText) -> JSONText {
    if let known = spellings[name] { return known }
    var spelling = name
    if !Self.isAccepted(name) || taken.contains(name) {
      let made = Self.made(from: name.unescaped)
      spelling = JSONText(escaped: made.prefix(Self.longest))
      if made.count > Self.longest || taken.contains(spelling) {
        var seed = Fingerprint()
        seed.take(name)
        let mark = Array(("_" + seed.hexadecimal.prefix(8)).utf8)
        spelling = JSONText(escaped: (made.prefix(Self.longest - mark.count) + mark)[...])
      }
      originals[spelling] = name
    }
    spellings[name] = spelling
    taken.insert(spelling)
    return spelling
  }

  private static func made(from name: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for byte in name where byte & 0xC0 != 0x80 {
      out.append(isAllowed(byte) ? byte : UInt8(ascii: "_"))
    }
    if out.first.map(isFirst) != true { out.insert(UInt8(ascii: "_"), at: 0) }
    return out
  }

  private static func isAccepted(_ name: JSONText) -> Bool {
    name.bytes.count <= longest && name.bytes.first.map(isFirst) == true
      && name.bytes.allSatisfy(isAllowed)
  }

  private static func isFirst(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ":"),
      UInt8(ascii: "-"):
      true
    default: isFirst(byte)
    }
  }
}
