/// A call of a tool that Bedrock runs, or its result, gathered from its start and its deltas.
struct ConverseServerBlock {
  let type: JSONText
  private let start: JSONValue
  /// Fragments of `input`, escaped as they came.
  private var input: [UInt8] = []
  /// Pieces of the result's content.
  private var content: [JSONRaw] = []

  init(type: JSONText, start: JSONValue) {
    self.type = type
    self.start = start
  }

  mutating func take(_ delta: ConverseDelta) {
    switch delta {
    case .arguments(let fragment): input.append(contentsOf: fragment.bytes)
    case .unknown(let value):
      if let pieces = value["toolResult"] { content += pieces.elements.map(\.raw) }
    case .text, .thinking, .signature, .redacted, .citation: break
    }
  }

  /// The block as a whole reply would show it.
  var whole: JSONRaw {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name(type)
      writer.object { writer in
        for (name, value) in start.members
        where !name.equals("input") && !name.equals("content") {
          writer.name(name)
          writer.raw(value.raw)
        }
        if type.equals("toolUse") {
          writer.member("input", ToolArguments.object(JSONText(escaped: input[...])))
        } else {
          writer.name("content")
          writer.array { for piece in content { $0.raw(piece) } }
        }
      }
    }
    return JSONRaw(writer.bytes[...])
  }
}
