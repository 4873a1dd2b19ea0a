/// Passes a client's own bytes on to an upstream of the same language.
///
/// Two things may differ from what the client wrote: the model's name, and thoughts that are not
/// Anthropic's own. Another vendor's model had those in an earlier turn, without a signature or
/// with a seal that we gave the client to keep, and Anthropic refuses the whole conversation
/// because of them.
struct AnthropicPassage {
  private struct Splice {
    var range: Range<Int>
    var bytes: [UInt8] = []
  }

  private var splices: [Splice] = []
  private var losses = Losses()

  static func pass(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    var passage = AnthropicPassage()
    try passage.replaceModel(of: document.root, by: target.model)
    passage.removeForeignThoughts(of: document.root)
    return PassedRequest(
      body: passage.body(from: document.bytes), hidesUsage: false, losses: passage.losses)
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
    var quoted: [UInt8] = [UInt8(ascii: "\"")]
    JSONEscape.append(name, to: &quoted)
    quoted.append(UInt8(ascii: "\""))
    splices.append(Splice(range: model.range, bytes: quoted))
  }

  private mutating func removeForeignThoughts(of root: JSONValue) {
    guard let messages = root["messages"], messages.kind == .array else { return }
    var hasEmptied = false
    var emptied: [(range: Range<Int>, isRemoved: Bool)] = []
    for message in messages.elements {
      let isEmptied = removeThoughts(of: message)
      hasEmptied = hasEmptied || isEmptied
      emptied.append((message.range, isEmptied))
    }
    if hasEmptied { cut(emptied) }
  }

  /// True when nothing else is in the message, which then has to go as a whole.
  private mutating func removeThoughts(of message: JSONValue) -> Bool {
    guard message["role"]?.text?.equals("assistant") == true, let content = message["content"],
      content.elements.contains(where: Self.isForeignThought)
    else { return false }
    losses.record("thinking_blocks")
    let blocks = content.elements.map { ($0.range, isRemoved: Self.isForeignThought($0)) }
    guard blocks.contains(where: { !$0.isRemoved }) else { return true }
    cut(blocks)
    return false
  }

  private static func isForeignThought(_ block: JSONValue) -> Bool {
    guard let type = block["type"]?.text else { return false }
    if type.equals("thinking") {
      guard let signature = block["signature"]?.text, !signature.isEmpty else { return true }
      return isForeign(signature)
    }
    guard type.equals("redacted_thinking"), let data = block["data"]?.text else { return false }
    return isForeign(data)
  }

  private static func isForeign(_ token: JSONText) -> Bool {
    guard let seal = Seal(token: token) else { return false }
    return seal.mint != .anthropic
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
    body.reserveCapacity(bytes.count + 64)
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
