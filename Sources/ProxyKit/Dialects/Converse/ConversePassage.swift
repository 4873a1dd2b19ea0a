/// Passes a client's own bytes on to an upstream of the same language.
///
/// Only thoughts may differ from what the client wrote: those that another vendor sealed, and for a
/// Claude those that nobody signed, are taken out, because the whole conversation would be refused.
struct ConversePassage {
  private struct Splice {
    var range: Range<Int>
    var bytes: [UInt8] = []
  }

  private enum Verdict {
    case keep, remove
    /// Ours for the way; the upstream gets what is inside.
    case unwrap(Range<Int>, JSONText)
  }

  private let family: ConverseModelFamily
  private var splices: [Splice] = []
  private var losses = Losses()

  static func pass(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    let root = document.root
    guard root.kind == .object else {
      throw .invalid("the body must be a JSON object, not \(root.kind.noun)")
    }
    do throws(AnthropicFault) {
      try AnthropicRequestDecoder.refuseDuplicates(root)
    } catch {
      throw error.failure
    }
    var passage = ConversePassage(family: target.traits.converse.family)
    if let messages = root["messages"] {
      for message in messages.elements { passage.clean(message) }
    }
    return PassedRequest(
      body: passage.body(from: document.bytes), hidesUsage: false, losses: passage.losses)
  }

  private init(family: ConverseModelFamily) {
    self.family = family
  }

  private mutating func clean(_ message: JSONValue) {
    guard let content = message["content"], content.kind == .array else { return }
    var blocks: [(range: Range<Int>, isRemoved: Bool)] = []
    for block in content.elements {
      let verdict = verdict(on: block)
      if case .unwrap(let range, let value) = verdict {
        splices.append(Splice(range: range, bytes: Array(value.bytes)))
      }
      if case .remove = verdict {
        blocks.append((block.range, true))
      } else {
        blocks.append((block.range, false))
      }
    }
    guard blocks.contains(where: \.isRemoved) else { return }
    losses.record("thinking_blocks")
    guard blocks.contains(where: { !$0.isRemoved }) else {
      // Roles must alternate, so that the turn has to stay.
      let note = #"[{"text":"(A thought was left out.)"}]"#
      splices.append(Splice(range: content.range, bytes: Array(note.utf8)))
      return
    }
    cut(blocks)
  }

  private func verdict(on block: JSONValue) -> Verdict {
    guard let thought = block["reasoningContent"] else { return .keep }
    if let redacted = thought["redactedContent"] { return verdict(onSeal: redacted) }
    guard let text = thought["reasoningText"] else { return .keep }
    guard let signature = text["signature"], signature.text?.isEmpty != true else {
      return family == .claude ? .remove : .keep
    }
    return verdict(onSeal: signature)
  }

  private func verdict(onSeal value: JSONValue) -> Verdict {
    guard let token = value.text, let seal = Seal(token: token) else { return .keep }
    guard family == .claude, seal.mint == .anthropic else { return .remove }
    let quoted = value.range
    return .unwrap((quoted.lowerBound + 1)..<(quoted.upperBound - 1), seal.value)
  }

  /// Cuts elements out of an array, each with the comma that would be left over.
  private mutating func cut(_ elements: [(range: Range<Int>, isRemoved: Bool)]) {
    var hasKept = false
    for (index, element) in elements.enumerated() {
      guard element.isRemoved else {
        hasKept = true
        continue
      }
      let start = hasKept ? elements[index - 1].range.upperBound : element.range.lowerBound
      let isLast = index + 1 == elements.count
      let end =
        hasKept || isLast ? element.range.upperBound : elements[index + 1].range.lowerBound
      splices.append(Splice(range: start..<end))
    }
  }

  private func body(from bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard !splices.isEmpty else { return Array(bytes) }
    var body: [UInt8] = []
    body.reserveCapacity(bytes.count)
    var at = bytes.startIndex
    for splice in splices.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      body.append(contentsOf: bytes[at..<splice.range.lowerBound])
      body.append(contentsOf: splice.bytes)
      at = splice.range.upperBound
    }
    body.append(contentsOf: bytes[at...])
    return body
  }
}
