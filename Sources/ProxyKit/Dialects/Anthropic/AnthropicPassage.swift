/// Passes a client's own bytes on to an upstream of the same language.
///
/// Little may differ from what the client wrote: the model's name, and what another vendor's model
/// left in an earlier turn, because of which Anthropic refuses the whole conversation: thoughts
/// without a signature or with a seal that we gave the client to keep, citations with our mark, and
/// ids of calls that are not in Anthropic's alphabet.
struct AnthropicPassage {
  private let target: Target
  private var edits: BodyEdits
  private var losses = Losses()

  static func pass(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    var passage = AnthropicPassage(target: target, edits: BodyEdits(document))
    try passage.replaceModel(of: document.root, by: target.model)
    passage.healMessages(of: document.root)
    return PassedRequest(
      body: passage.edits.body, hidesUsage: false, losses: passage.losses)
  }

  private mutating func replaceModel(
    of root: JSONValue, by name: String
  ) throws(Failure) {
    guard root.kind == .object else {
      throw .invalid("the body must be a JSON object, not \(root.kind.noun)")
    }
    var model: JSONValue?
    for (name, value) in root.members where name.equals("model") {
      guard model == nil else {
        throw .invalid("model: given twice; send it once", parameter: "model")
      }
      model = value
    }
    guard let model, let given = model.text, !given.isEmpty else {
      throw .invalid("model: required, and must be a string", parameter: "model")
    }
    guard given.string != name else { return }
    edits.replace(model, by: JSONText(name))
  }

  private mutating func healMessages(of root: JSONValue) {
    guard let messages = root["messages"], messages.kind == .array else { return }
    var hasEmptied = false
    var emptied: [(range: Range<Int>, isRemoved: Bool)] = []
    for message in messages.elements {
      let isEmptied = removeThoughts(of: message)
      hasEmptied = hasEmptied || isEmptied
      emptied.append((message.range, isEmptied))
      guard !isEmptied, let content = message["content"], content.kind == .array else { continue }
      for block in content.elements { heal(block) }
    }
    if hasEmptied { edits.cut(emptied) }
    if target.refusesThoughts { stopThinking(root) }
  }

  /// Anthropic wants a thought before the call that is being answered, as long as it shall think.
  private mutating func stopThinking(_ root: JSONValue) {
    let last = root["messages"]?.elements.reduce(nil as JSONValue?) { _, message in message }
    let isAnswer =
      last?["content"]?.elements.contains { $0["type"]?.text?.equals("tool_result") == true }
    guard isAnswer == true, root["thinking"] != nil else { return }
    losses.record("thinking_config")
    edits.remove(from: root) { name, _ in name.equals("thinking") }
  }

  /// True when nothing else is in the message, which then has to go as a whole.
  private mutating func removeThoughts(of message: JSONValue) -> Bool {
    guard message["role"]?.text?.equals("assistant") == true, let content = message["content"],
      content.elements.contains(where: isForeignThought)
    else { return false }
    losses.record("thinking_blocks")
    let blocks = content.elements.map { ($0.range, isRemoved: isForeignThought($0)) }
    guard blocks.contains(where: { !$0.isRemoved }) else { return true }
    edits.cut(blocks)
    return false
  }

  /// Spells ids as Anthropic takes them, and takes out the citations that we wrote.
  private mutating func heal(_ block: JSONValue) {
    guard let type = block["type"]?.text else { return }
    if type.equals("tool_use") {
      heal(id: block["id"])
    } else if type.equals("tool_result") {
      heal(id: block["tool_use_id"])
    } else if type.equals("text"), let citations = block["citations"], citations.kind == .array {
      let cited = citations.elements.map { ($0.range, isRemoved: AnthropicCitation.isOurs($0)) }
      guard cited.contains(where: \.isRemoved) else { return }
      edits.cut(cited)
    }
  }

  private mutating func heal(id: JSONValue?) {
    guard let id, let given = id.text, !AnthropicIdentifier.isAccepted(given) else { return }
    edits.replace(id, by: AnthropicIdentifier.encode(given))
  }

  private func isForeignThought(_ block: JSONValue) -> Bool {
    guard let type = block["type"]?.text else { return false }
    if target.refusesThoughts {
      return type.equals("thinking") || type.equals("redacted_thinking")
    }
    if type.equals("thinking") {
      guard let signature = block["signature"]?.text, !signature.isEmpty else { return true }
      return Self.isForeign(signature)
    }
    guard type.equals("redacted_thinking"), let data = block["data"]?.text else { return false }
    return Self.isForeign(data)
  }

  private static func isForeign(_ token: JSONText) -> Bool {
    guard let seal = Seal(token: token) else { return false }
    return seal.mint != .anthropic
  }
}
