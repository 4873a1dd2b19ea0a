/// Turns a client's schema, which is Google's choice of OpenAPI, into plain JSON Schema.
enum GeminiSchemaReader {
  private static let maximumDepth = 64

  static func read(_ schema: JSONValue) -> JSONRaw {
    var writer = JSONWriter(reserving: schema.raw.bytes.count)
    write(schema, depth: 0, into: &writer)
    return JSONRaw(writer.bytes[...])
  }

  private static func write(_ schema: JSONValue, depth: Int, into writer: inout JSONWriter) {
    guard schema.kind == .object, depth < maximumDepth else { return writer.raw(schema.raw) }
    let isNullable = schema["nullable"]?.bool == true
    writer.object { writer in
      for (name, value) in schema.members where !value.isNull {
        write(
          GeminiMembers.camel(name), name, value, isNullable: isNullable, depth: depth,
          into: &writer)
      }
    }
  }

  private static func write(
    _ camel: String, _ name: JSONText, _ value: JSONValue, isNullable: Bool, depth: Int,
    into writer: inout JSONWriter
  ) {
    switch camel {
    case "nullable", "propertyOrdering": break
    case "type": writeType(value, isNullable: isNullable, into: &writer)
    case "properties", "$defs", "definitions", "defs":
      writer.name(camel == "defs" ? "$defs" : JSONText(camel))
      guard value.kind == .object else { return writer.raw(value.raw) }
      writer.object { writer in
        for (name, member) in value.members {
          writer.name(name)
          write(member, depth: depth + 1, into: &writer)
        }
      }
    case "items", "additionalProperties":
      writer.name(JSONText(camel))
      write(value, depth: depth + 1, into: &writer)
    case "anyOf", "oneOf", "allOf":
      writer.name(JSONText(camel))
      writer.array { writer in
        for element in value.elements { write(element, depth: depth + 1, into: &writer) }
        if isNullable, camel != "allOf" { writer.object { $0.member("type", word: "null") } }
      }
    case "enum" where isNullable && value.kind == .array:
      writer.name("enum")
      writer.array { writer in
        for element in value.elements { writer.raw(element.raw) }
        writer.null()
      }
    case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties":
      writer.name(JSONText(camel))
      if let number = value.googleInteger { writer.integer(number) } else { writer.raw(value.raw) }
    case "example":
      writer.name("examples")
      writer.array { $0.raw(value.raw) }
    case "ref":
      writer.name("$ref")
      writer.raw(value.raw)
    default:
      writer.name(name.string.hasPrefix("$") ? name : JSONText(camel))
      writer.raw(value.raw)
    }
  }

  private static func writeType(
    _ value: JSONValue, isNullable: Bool, into writer: inout JSONWriter
  ) {
    guard let word = value.string?.lowercased() else {
      writer.name("type")
      return writer.raw(value.raw)
    }
    guard word != "type_unspecified" else { return }
    writer.name("type")
    if isNullable, word != "null" {
      writer.array { writer in
        writer.string(word)
        writer.word("null")
      }
    } else {
      writer.string(word)
    }
  }
}
