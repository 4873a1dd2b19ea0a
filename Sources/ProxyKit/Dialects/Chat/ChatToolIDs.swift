/// The ids of tool calls as an upstream accepts them.
///
/// OpenAI takes 40 characters of a small alphabet; other servers get their own ids back as they
/// were. Each id has one spelling within a request, and no two share one.
struct ChatToolIDs {
  private static let longest = 40

  private let isStrict: Bool
  private var spellings: [JSONText: JSONText] = [:]
  private var originals: [JSONText: JSONText] = [:]

  init(for target: Target) {
    isStrict = target.isStrict
  }

  mutating func spelling(of id: JSONText) -> JSONText {
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
    guard !id.isEmpty else { return false }
    guard isStrict else { return true }
    return id.bytes.count <= Self.longest
      && id.bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
