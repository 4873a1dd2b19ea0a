/// Free text for a tool, which the hub keeps as `{"input": "…"}`.
package enum FreeText {
  /// The parameters of a function that stands in for the tool.
  package static let schema = JSONRaw(
    stringLiteral:
      #"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}"#
  )

  /// The free text as the hub keeps it.
  package static func wrapped(_ text: JSONText) -> JSONRaw {
    var writer = JSONWriter(reserving: text.bytes.count + 16)
    writer.object { $0.member("input", text) }
    return JSONRaw(writer.bytes[...])
  }

  /// The free text in arguments that stand inside a JSON string; anything else is its own text.
  package static func text(of arguments: JSONText) -> JSONText {
    text(of: JSONRaw(arguments.unescaped[...])) ?? arguments
  }

  /// Nil when the value holds anything but free text.
  package static func text(of input: JSONRaw) -> JSONText? {
    guard let value = try? input.parsed(), value.kind == .object else { return nil }
    return value["input"]?.text
  }

  /// The description of the function that stands in for the tool, the tool's grammar included.
  package static func description(_ description: JSONText?, _ format: JSONRaw?) -> JSONText {
    let value = try? format?.parsed()
    let grammar = value?["grammar"] ?? value
    guard let rules = grammar?["definition"]?.text else {
      return description ?? "Takes free text as its input."
    }
    let syntax = grammar?["syntax"]?.text ?? "lark"
    let note = "The input must follow this " + syntax + " grammar:\n" + rules
    return description.map { $0 + "\n\n" + note } ?? note
  }
}
