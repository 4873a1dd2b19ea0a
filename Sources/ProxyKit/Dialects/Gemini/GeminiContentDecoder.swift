/// Reads the contents of a request, one after the other.
struct GeminiContentDecoder {
  private var turns: [Turn] = []
  private var answer = GeminiAnswerAssembly()
  private var pairs = GeminiCallPairs()

  mutating func take(_ content: JSONValue, _ path: String) throws(Failure) {
    if let text = content.text {
      endAnswer()
      turns.append(Turn(.user, [Block(.text(text))]))
      return
    }
    try GeminiMembers.object(content, path)
    let role = content["role"]?.string ?? "user"
    let parts = content["parts"]?.googleList ?? []
    switch role {
    case "model":
      if answer.isEmpty { pairs.beginAnswer() }
      for (index, part) in parts.enumerated() {
        try takeAnswer(part, "\(path).parts[\(index)]")
      }
    case "user", "function", "":
      endAnswer()
      var blocks: [Block] = []
      for (index, part) in parts.enumerated() {
        blocks.append(try GeminiPartReader.block(part, "\(path).parts[\(index)]", &pairs))
      }
      if !blocks.isEmpty { turns.append(Turn(.user, blocks)) }
    default:
      throw .invalid(
        "\(path).role is \(role.prefix(64)); it must be user or model.", parameter: "\(path).role")
    }
  }

  mutating func finish() -> [Turn] {
    endAnswer()
    return turns
  }

  /// Pieces of a stream that a client kept as they came are one answer again.
  private mutating func takeAnswer(
    _ part: JSONValue, _ path: @autoclosure () -> String
  ) throws(Failure) {
    if part.kind == .object, let text = part["text"]?.text {
      let extras = GeminiMembers.extras(part, besides: GeminiPartReader.textMembers)
      answer.take(
        text, isThought: part["thought"]?.bool == true, seal: GeminiSeal.read(part), extras: extras)
      return
    }
    if part.kind == .object, part["thought"]?.bool == true,
      part.members(besides: GeminiPartReader.textMembers).isEmpty
    {
      answer.take(.empty, isThought: true, seal: GeminiSeal.read(part), extras: [])
      return
    }
    answer.append(try GeminiPartReader.block(part, path(), &pairs))
  }

  private mutating func endAnswer() {
    let blocks = answer.finish()
    if !blocks.isEmpty { turns.append(Turn(.assistant, blocks)) }
  }
}
