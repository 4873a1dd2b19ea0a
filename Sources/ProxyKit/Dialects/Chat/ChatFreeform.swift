/// Free text for a tool, which the hub keeps as `{"input": "…"}`.
enum ChatFreeform {
  /// What a language without such tools sees in their place.
  static let schema = JSONRaw(
    stringLiteral:
      #"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}"#
  )

  /// Whether the server has tools of free text; only OpenAI's own has.
  static func isKnown(to target: Target, _ conversation: Conversation) -> Bool {
    if conversation.origin == .chat { return true }
    return target.platform == .vendor || target.platform == .azure
  }

  /// The free text as the hub keeps it.
  static func wrapped(_ text: JSONText) -> JSONRaw {
    var writer = JSONWriter(reserving: text.bytes.count + 16)
    writer.object { $0.member("input", text) }
    return JSONRaw(writer.bytes[...])
  }

  /// The free text in arguments that stand inside a JSON string; anything else is its own text.
  static func text(of arguments: JSONText) -> JSONText {
    text(of: JSONRaw(arguments.unescaped[...])) ?? arguments
  }

  /// Nil when the value holds anything but free text.
  static func text(of input: JSONRaw) -> JSONText? {
    guard let value = try? input.parsed(), value.kind == .object else { return nil }
    return value["input"]?.text
  }

  /// The description of a function that stands in for the tool, its grammar included.
  static func description(_ description: JSONText?, _ format: JSONRaw?) -> JSONText {
    let value = try? format?.parsed()
    let grammar = value?["grammar"] ?? value
    guard let rules = grammar?["definition"]?.text else {
      return description ?? "Takes free text as its input."
    }
    let syntax = grammar?["syntax"]?.text ?? "lark"
    let note = "The input must follow this " + syntax + " grammar:\n" + rules
    return description.map { $0 + "\n\n" + note } ?? note
  }

  /// The format in Chat's spelling, which keeps a grammar one step deeper than Responses does.
  static func nested(_ format: JSONRaw) -> JSONRaw {
    guard let value = try? format.parsed(), value["type"]?.text?.equals("grammar") == true,
      value["grammar"] == nil
    else { return format }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("type", word: "grammar")
      writer.name("grammar")
      writer.object { writer in
        for (name, member) in value.members where !name.equals("type") {
          writer.name(name)
          writer.raw(member.raw)
        }
      }
    }
    return JSONRaw(writer.bytes[...])
  }
}
