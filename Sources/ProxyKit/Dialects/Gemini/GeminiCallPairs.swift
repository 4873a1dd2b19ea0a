/// Gives every call an id that no other call of the conversation has, and its result the same one.
///
/// Google's ids are optional: calls and results without them belong together by name and order.
struct GeminiCallPairs {
  private struct Call {
    var name: JSONText
    var own: JSONText?
    var id: JSONText
  }

  /// What ids made here begin with; they are not shown to Google.
  private static let prefix = "gcall_"

  private var open: [Call] = []
  private var used: Set<JSONText> = []
  private var count = 0

  static func isOurs(_ id: JSONText) -> Bool {
    id.bytes.starts(with: prefix.utf8)
  }

  static func id(_ seed: Fingerprint) -> JSONText {
    JSONText(prefix + seed.hexadecimal)
  }

  mutating func call(_ name: JSONText, _ own: JSONText?) -> JSONText {
    count += 1
    let own = own.flatMap { $0.isEmpty ? nil : $0 }
    var id = own ?? made(name)
    if !used.insert(id).inserted {
      id = made(name)
      used.insert(id)
    }
    open.append(Call(name: name, own: own, id: id))
    return id
  }

  mutating func result(_ name: JSONText, _ own: JSONText?) -> JSONText {
    let own = own.flatMap { $0.isEmpty ? nil : $0 }
    let found =
      open.firstIndex { own != nil && ($0.own == own || $0.id == own) }
      ?? open.firstIndex { $0.name == name && (own == nil || $0.own == nil) }
    if let found { return open.remove(at: found).id }
    count += 1
    return own ?? made(name)
  }

  /// The model spoke again: a call without an id that has no result by now will get none.
  mutating func beginAnswer() {
    open.removeAll { $0.own == nil }
  }

  private func made(_ name: JSONText) -> JSONText {
    var seed = Fingerprint()
    seed.take(name)
    seed.take(count)
    return Self.id(seed)
  }
}
