/// Passes a client's own bytes on to an upstream of the same language.
///
/// Two things may differ from what the client wrote: the model's name, and another vendor's
/// thoughts, which OpenAI would refuse together with the whole conversation.
struct ResponsesRequestPass {
  private var edits: BodyEdits
  private var losses = Losses()

  static func pass(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    guard document.root.kind == .object else {
      throw .invalid("The body must be a JSON object.")
    }
    var pass = ResponsesRequestPass(edits: BodyEdits(document))
    pass.replaceModel(of: document.root, by: target.model)
    pass.removeForeignThoughts(of: document.root, for: target)
    return PassedRequest(
      body: pass.edits.body, hidesUsage: false, losses: pass.losses)
  }

  /// A name given twice must not reach a server that reads the other one.
  private mutating func replaceModel(of root: JSONValue, by name: String) {
    for (member, value) in root.members where member.equals("model") {
      if value.string == name { continue }
      edits.replace(value, by: JSONText(name))
    }
  }

  private mutating func removeForeignThoughts(of root: JSONValue, for target: Target) {
    guard let input = root["input"], input.kind == .array else { return }
    let items = input.elements.map { item in
      (range: item.range, isRemoved: Self.isForeignThought(item, for: target))
    }
    guard items.contains(where: \.isRemoved) else { return }
    losses.record("thinking_blocks")
    edits.cut(items)
  }

  /// A thought that another vendor sealed, or one that nobody sealed, for which OpenAI would look in
  /// its store.
  private static func isForeignThought(_ item: JSONValue, for target: Target) -> Bool {
    guard item["type"]?.text?.equals("reasoning") == true else { return false }
    if target.refusesThoughts { return true }
    if let token = item["encrypted_content"]?.text, !token.isEmpty {
      return Seal(token: token) != nil
    }
    guard target.isStrict else { return false }
    guard let id = item["id"]?.text else { return true }
    return id.bytes.starts(with: "\(ResponsesSealMark.thoughtPrefix)".utf8)
  }
}
