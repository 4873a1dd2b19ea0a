/// Passes a client's own bytes on to an upstream of the same language.
///
/// Only thoughts may differ from what the client wrote: those that another vendor sealed, and for a
/// Claude those that nobody signed, are taken out, because the whole conversation would be refused.
struct ConversePassage {
  private enum Verdict {
    case keep, remove
    /// Ours for the way; the upstream gets what is inside.
    case unwrap(JSONValue, JSONText)
  }

  private let family: ConverseModelFamily
  private var edits: BodyEdits
  private var losses = Losses()

  static func pass(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    let root = document.root
    guard root.kind == .object else {
      throw .invalid("the body must be a JSON object, not \(root.kind.noun)")
    }
    do throws(RequestFault) {
      try AnthropicRequestDecoder.refuseDuplicates(root)
    } catch {
      throw error.failure
    }
    var passage = ConversePassage(
      family: target.traits.converse.family, edits: BodyEdits(document))
    if let messages = root["messages"] {
      for message in messages.elements { passage.clean(message) }
    }
    return PassedRequest(
      body: passage.edits.body, hidesUsage: false, losses: passage.losses)
  }

  private mutating func clean(_ message: JSONValue) {
    guard let content = message["content"], content.kind == .array else { return }
    var blocks: [(range: Range<Int>, isRemoved: Bool)] = []
    for block in content.elements {
      let verdict = verdict(on: block)
      if case .unwrap(let token, let value) = verdict { edits.replace(token, by: value) }
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
      edits.replace(content, by: Array(note.utf8))
      return
    }
    edits.cut(blocks)
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
    return .unwrap(value, seal.value)
  }
}
