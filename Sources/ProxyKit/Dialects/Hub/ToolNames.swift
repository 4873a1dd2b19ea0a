/// The names of a conversation's tools as an upstream accepts them, no two alike.
///
/// A name that is accepted stays as it is. Any other one gets a spelling that depends on nothing
/// but the name, so that it is the same in every turn of a conversation.
package struct ToolNames: Sendable {
  /// The names that had to change, as the upstream sees them, with the client's own.
  package private(set) var renamed: [JSONText: JSONText] = [:]
  private var spellings: [JSONText: JSONText] = [:]
  private let rule: Rule

  /// `firstLetters` is for upstreams that are stricter about a name's first letter.
  init(
    _ conversation: Conversation, longest: Int, letters: NameAlphabet = .plain,
    firstLetters: NameAlphabet? = nil
  ) {
    rule = Rule(longest: longest, letters: letters, firstLetters: firstLetters ?? letters)
    let rule = rule
    var strange: [JSONText] = []
    Self.visit(conversation) { name in
      if !rule.accepts(name) { strange.append(name) }
    }
    guard !strange.isEmpty else { return }
    var taken: Set<JSONText> = []
    Self.visit(conversation) { name in
      if rule.accepts(name) { taken.insert(name) }
    }
    for name in strange { rename(name, besides: &taken) }
  }

  /// The name as the upstream may see it.
  package func spelling(of name: JSONText) -> JSONText {
    if rule.accepts(name) { return name }
    return spellings[Self.plainest(name)] ?? rule.spelling(of: Self.plainest(name), attempt: 0)
  }

  private mutating func rename(_ name: JSONText, besides taken: inout Set<JSONText>) {
    let own = Self.plainest(name)
    guard spellings[own] == nil else { return }
    var attempt = 0
    var spelling = rule.accepts(own) ? own : rule.spelling(of: own, attempt: 0)
    while spelling != own, !taken.insert(spelling).inserted {
      attempt += 1
      spelling = rule.spelling(of: own, attempt: attempt)
    }
    spellings[own] = spelling
    if spelling != own { renamed[spelling] = name }
  }

  /// The name in the spelling that needs the fewest escapes.
  private static func plainest(_ name: JSONText) -> JSONText {
    name.bytes.contains(UInt8(ascii: "\\")) ? JSONText(name.string) : name
  }

  private static func visit(_ conversation: Conversation, _ take: (JSONText) -> Void) {
    for tool in conversation.tools { take(tool.name) }
    if case .tool(let name)? = conversation.toolChoice { take(name) }
    for turn in conversation.turns {
      for block in turn.blocks {
        if case .toolCall(let call) = block.content { take(call.name) }
      }
    }
  }
}

/// What an upstream accepts.
private struct Rule: Sendable {
  let longest: Int
  let letters: NameAlphabet
  let firstLetters: NameAlphabet

  func accepts(_ name: JSONText) -> Bool {
    guard let first = name.bytes.first, firstLetters.contains(first),
      name.bytes.count <= longest
    else { return false }
    return name.bytes.allSatisfy(letters.contains)
  }

  /// As much of the name as can be read, and a fingerprint of all of it.
  func spelling(of name: JSONText, attempt: Int) -> JSONText {
    var seed = Fingerprint()
    seed.take(name)
    seed.take(attempt)
    let mark = seed.hexadecimal.utf8.suffix(12)
    var out: [UInt8] = []
    for byte in name.unescaped where out.count < longest - mark.count - 1 {
      // A letter beyond ASCII is several bytes; one stroke stands for all of them.
      if byte & 0xC0 == 0x80 { continue }
      let isKept = NameAlphabet.plain.contains(byte) && letters.contains(byte)
      out.append(isKept ? byte : UInt8(ascii: "_"))
    }
    if let first = out.first, !firstLetters.contains(first) { out[0] = UInt8(ascii: "t") }
    if out.isEmpty { out.append(UInt8(ascii: "t")) }
    out.append(UInt8(ascii: "_"))
    out.append(contentsOf: mark)
    return JSONText(escaped: out[...])
  }
}
