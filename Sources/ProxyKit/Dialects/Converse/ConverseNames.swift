/// Names and ids as Bedrock accepts them: 64 letters, digits, `_` and `-`.
///
/// Each has one spelling within a request, and no two share one.
struct ConverseNames {
  private static let longest = 64
  private static let longestStem = 31

  /// What stands in front of the fingerprint of one that has no letter to show.
  private let stem: String
  /// Spellings of those that could not stay as they were.
  private var spellings: [JSONText: JSONText] = [:]
  private(set) var originals: [JSONText: JSONText] = [:]

  /// Those of `plain` that are accepted keep their spelling, whatever the others become.
  init(stem: String, plain: [JSONText] = []) {
    self.stem = stem
    originals.reserveCapacity(plain.count)
    for name in plain where Self.isAccepted(name) { originals[name] = name }
  }

  /// Those that are not spelled as they were, by their spelling.
  var changed: [JSONText: JSONText] { originals.filter { $0.key != $0.value } }

  mutating func spelling(of name: JSONText) -> JSONText {
    if Self.isAccepted(name) {
      guard let owner = originals[name] else {
        originals[name] = name
        return name
      }
      if owner == name { return name }
    }
    if let known = spellings[name] { return known }
    var attempt = 0
    var spelling: JSONText
    repeat {
      var seed = Fingerprint()
      seed.take(name)
      seed.take(attempt)
      spelling = JSONText("\(Self.readable(name) ?? stem)_\(seed.hexadecimal)")
      attempt += 1
    } while originals[spelling] != nil
    spellings[name] = spelling
    originals[spelling] = name
    return spelling
  }

  static func isAccepted(_ name: JSONText) -> Bool {
    !name.isEmpty && name.bytes.count <= longest
      && name.bytes.allSatisfy(NameAlphabet.plain.contains)
  }

  /// What can be kept of a name, for the model that reads it.
  private static func readable(_ name: JSONText) -> String? {
    let bytes = name.unescaped.prefix(longestStem).map {
      NameAlphabet.plain.contains($0) ? $0 : UInt8(ascii: "_")
    }
    guard bytes.contains(where: { $0 != UInt8(ascii: "_") }) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
