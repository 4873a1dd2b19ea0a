/// A block that only Anthropic knows, gathered from its start and its deltas.
struct AnthropicUnknownBlock {
  let type: JSONText
  private let start: JSONValue
  /// Fragments of `input`, escaped as they came.
  private var input: [UInt8] = []
  /// Members that deltas brought, in place of those of the start.
  private var replaced: [Extra] = []

  init(type: JSONText, start: JSONValue) {
    self.type = type
    self.start = start
  }

  mutating func take(_ delta: AnthropicDelta) {
    switch delta {
    case .arguments(let fragment): input.append(contentsOf: fragment.bytes)
    case .unknown(let value):
      for (name, member) in value.members where !name.equals("type") {
        replaced.removeAll { $0.name == name }
        replaced.append(Extra(name, member.raw))
      }
    case .text, .thinking, .signature, .citation: break
    }
  }

  /// The block as a whole reply would show it.
  var whole: JSONRaw {
    var members = replaced
    if !input.isEmpty {
      let bytes = JSONText(escaped: input[...]).unescaped
      // A fragment that is no JSON cannot stand here; the start's own input then stays.
      if (try? JSONDocument(bytes)) != nil { members.append(Extra("input", JSONRaw(bytes[...]))) }
    }
    guard !members.isEmpty else { return start.raw }
    var writer = JSONWriter()
    writer.object { writer in
      for (name, value) in start.members where !members.contains(where: { $0.name == name }) {
        writer.name(name)
        writer.raw(value.raw)
      }
      for member in members {
        writer.name(member.name)
        writer.raw(member.value)
      }
    }
    return JSONRaw(writer.bytes[...])
  }
}
