/// The ids of tool calls as an upstream accepts them: no more than 64 characters.
///
/// Each id has one spelling within a request, and no two share one.
struct ResponsesCallIDs {
  private static let longest = 64

  private let isStrict: Bool
  /// Spellings of those that could not stay as they were.
  private var spellings: [JSONText: JSONText] = [:]
  private var originals: [JSONText: JSONText] = [:]

  init(for target: Target) {
    isStrict = target.isStrict
  }

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
      spelling = JSONText("call_" + seed.hexadecimal)
      attempt += 1
    }
    spellings[id] = spelling
    originals[spelling] = id
    return spelling
  }

  private func isAccepted(_ id: JSONText) -> Bool {
    guard !id.isEmpty, id.bytes.count <= Self.longest else { return false }
    return !isStrict || id.bytes.allSatisfy(NameAlphabet.plain.contains)
  }
}
