/// What tokens of a model cost in another proxy's file.
struct ImportPrice {
  private var members: [WrittenMember] = []

  var isEmpty: Bool { members.isEmpty }
  var written: WrittenValue { .members(members) }

  /// Takes dollars for that many tokens, and writes dollars for a million.
  mutating func set(
    _ key: String, _ text: ImportText?, tokens: Double, path: String, _ notes: inout ImportNotes
  ) {
    guard let text else { return }
    guard let price = Double(text.value), price >= 0, price.isFinite, price / tokens < 1000 else {
      notes.lost("\(path) \"\(text.value)\"", at: text.mark, remedy: "write it below prices")
      return
    }
    let micro = Int((price / tokens * 1e12).rounded())
    if !members.contains(where: { $0.key == key }) {
      members.append(WrittenMember(key, Self.dollars(micro: micro)))
    }
  }

  /// Millionths as a number of dollars.
  static func dollars(micro: Int) -> String {
    guard micro % 1_000_000 != 0 else { return "\(micro / 1_000_000)" }
    var fraction = String(micro % 1_000_000)
    fraction = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(micro / 1_000_000).\(fraction)"
  }
}
