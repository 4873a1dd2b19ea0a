/// The ids of tool calls as an upstream accepts them.
///
/// OpenAI takes 40 characters of a small alphabet, Mistral exactly nine letters and digits; other
/// servers get their own ids back as they were. Each id has one spelling within a request, and no
/// two share one.
struct ChatToolIDs {
  private enum Form {
    case any, short, nine
  }

  private static let longest = 40

  private let form: Form
  /// Spellings of those that could not stay as they were.
  private var spellings: [JSONText: JSONText] = [:]
  private var originals: [JSONText: JSONText] = [:]

  init(for target: Target) {
    // A router passes ids on; only Mistral's models behind it are particular.
    let isNine =
      target.quirks.contains(.numericToolCallIDs)
      && (!target.model.contains("/") || target.model.contains("tral"))
    form = isNine ? .nine : target.isStrict ? .short : .any
  }

  /// Whether the server refuses some ids.
  var isPicky: Bool { form != .any }

  mutating func spelling(of id: JSONText) -> JSONText {
    if isAccepted(id) {
      guard let owner = originals[id] else {
        originals[id] = id
        return id
      }
      if owner == id { return id }
    }
    if let known = spellings[id] { return known }
    var spelling = id
    var attempt = 0
    while !isAccepted(spelling) || originals[spelling] != nil {
      var seed = Fingerprint()
      seed.take(id)
      seed.take(attempt)
      let digits = seed.hexadecimal
      spelling = JSONText(form == .nine ? String(digits.suffix(9)) : "call_" + digits)
      attempt += 1
    }
    spellings[id] = spelling
    originals[spelling] = id
    return spelling
  }

  private func isAccepted(_ id: JSONText) -> Bool {
    switch form {
    case .any: !id.isEmpty
    case .short:
      !id.isEmpty && id.bytes.count <= Self.longest
        && id.bytes.allSatisfy(NameAlphabet.plain.contains)
    case .nine:
      id.bytes.count == 9
        && id.bytes.allSatisfy { byte in
          NameAlphabet.plain.contains(byte) && byte != UInt8(ascii: "_")
            && byte != UInt8(ascii: "-")
        }
    }
  }
}
