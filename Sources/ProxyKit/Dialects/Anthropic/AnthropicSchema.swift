/// JSON schemas as Anthropic takes them.
enum AnthropicSchema {
  /// The schema of a tool's input, which must be one of an object.
  static func input(_ schema: JSONRaw?) -> JSONRaw {
    if let schema, beginsWithType(schema.bytes.span) { return schema }
    guard let schema, let value = try? schema.parsed(), value.kind == .object else {
      return least
    }
    guard value["type"] == nil else { return schema }
    var writer = JSONWriter(reserving: schema.bytes.count + 16)
    writer.object { writer in
      writer.member("type", word: "object")
      for (name, member) in value.members where !name.equals("type") {
        writer.name(name)
        writer.raw(member.raw)
      }
    }
    return JSONRaw(writer.bytes[...])
  }

  private static let least = JSONRaw(stringLiteral: "{\"type\":\"object\"}")

  /// Whether a type comes first, or right behind the name of the schema's language, as in most.
  private static func beginsWithType(_ schema: borrowing Span<UInt8>) -> Bool {
    if schema.begins(with: #"{"type":""#) || schema.begins(with: #"{"type": ""#) { return true }
    guard schema.begins(with: #"{"$schema":""#) else { return false }
    var scan = JSONStringScan(at: 12)
    guard (try? scan.run(schema)) != nil else { return false }
    return schema.extracting(scan.at..<schema.count).begins(with: #"","type":""#)
  }

  /// Limits that structured output does not check; they become part of the description.
  private static let limits: [StaticString] = [
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
  ]

  /// The schema of a structured answer: closed objects, limits in words.
  static func output(_ schema: JSONRaw) -> JSONRaw {
    guard let value = try? schema.parsed(), value.kind == .object else { return schema }
    var writer = JSONWriter(reserving: schema.bytes.count * 2)
    write(value, into: &writer)
    return JSONRaw(writer.bytes[...])
  }

  private static func write(_ schema: JSONValue, into writer: inout JSONWriter) {
    guard schema.kind == .object else {
      writer.raw(schema.raw)
      return
    }
    var notes: [String] = []
    let isObject = schema["type"]?.text?.equals("object") == true || schema["properties"] != nil
    writer.object { writer in
      for (name, value) in schema.members {
        if limits.contains(where: { name.equals($0) }) {
          notes.append("\(name.string): \(String(decoding: value.raw.bytes, as: UTF8.self))")
        } else if !name.equals("description"),
          !(isObject && name.equals("additionalProperties"))
        {
          writer.name(name)
          write(value, under: name, into: &writer)
        }
      }
      if isObject { writer.member("additionalProperties", false) }
      writeDescription(of: schema, notes, into: &writer)
    }
  }

  private static func writeDescription(
    of schema: JSONValue, _ notes: [String], into writer: inout JSONWriter
  ) {
    let given = schema["description"]?.string
    let note = notes.isEmpty ? nil : "(\(notes.joined(separator: ", ")))"
    let parts = [given, note].compactMap { $0 }
    if !parts.isEmpty { writer.member("description", parts.joined(separator: " ")) }
  }

  /// Schemas stand in some members, plain values in the others.
  private static func write(
    _ value: JSONValue, under name: JSONText, into writer: inout JSONWriter
  ) {
    if name.equals("properties") || name.equals("$defs") || name.equals("definitions") {
      guard value.kind == .object else { return writer.raw(value.raw) }
      writer.object { writer in
        for (name, member) in value.members {
          writer.name(name)
          write(member, into: &writer)
        }
      }
    } else if name.equals("anyOf") || name.equals("oneOf") || name.equals("allOf") {
      guard value.kind == .array else { return writer.raw(value.raw) }
      writer.array { writer in
        for element in value.elements { write(element, into: &writer) }
      }
    } else if name.equals("items") {
      write(value, into: &writer)
    } else {
      writer.raw(value.raw)
    }
  }
}
