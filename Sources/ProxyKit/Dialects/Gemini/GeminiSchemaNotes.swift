/// Reads the limits of a schema: those of the subset as they are, all others as sentences.
enum GeminiSchemaNotes {
  private static let longest = 300

  private static let ofNumbers: [StaticString] = ["minimum", "maximum"]
  private static let ofTexts: [StaticString] = ["minLength", "maxLength"]
  private static let ofArrays: [StaticString] = ["minItems", "maxItems"]
  private static let ofObjects: [StaticString] = ["minProperties", "maxProperties"]
  private static let formats: [StaticString] = [
    "float", "double", "int32", "int64", "enum", "date-time",
  ]
  private static let sentences: [(name: StaticString, StaticString)] = [
    ("exclusiveMinimum", "Greater than"), ("exclusiveMaximum", "Less than"),
    ("multipleOf", "A multiple of"), ("propertyNames", "Names of members follow"),
    ("patternProperties", "Members whose names match follow"), ("not", "Must not match"),
    ("if", "If it matches"), ("then", "then it follows"), ("else", "or else"),
    ("contains", "Contains"), ("dependentRequired", "Members that need others"),
    ("dependentSchemas", "Forms that depend on members"), ("default", "Default:"),
  ]

  static func read(_ schema: JSONValue, into node: inout GeminiSchemaNode) {
    switch node.type {
    case "NUMBER", "INTEGER": take(ofNumbers, of: schema, into: &node)
    case "STRING":
      take(ofTexts, of: schema, into: &node)
      if let pattern = schema["pattern"], pattern.kind == .string {
        node.limits.append(Extra("pattern", pattern.raw))
      }
    case "ARRAY": take(ofArrays, of: schema, into: &node)
    case "OBJECT": take(ofObjects, of: schema, into: &node)
    default: break
    }
    if let format = schema["format"]?.text {
      if formats.contains(where: { format.equals($0) }), fits(format, node.type) {
        node.format = format
      } else {
        node.notes.append("Format: \(format.string).")
      }
    }
    if schema["uniqueItems"]?.bool == true { node.notes.append("Items are unique.") }
    for (name, opening) in sentences {
      guard let value = schema.member(name), !value.isNull || name.description == "default" else {
        continue
      }
      node.notes.append("\(opening) \(text(value)).")
    }
    if let more = schema["additionalProperties"], more.kind == .object, !more.members.isEmpty {
      node.notes.append("Other members follow \(text(more)).")
    }
  }

  private static func fits(_ format: JSONText, _ type: String?) -> Bool {
    switch type {
    case "STRING": format.equals("enum") || format.equals("date-time")
    case "NUMBER": format.equals("float") || format.equals("double")
    case "INTEGER": format.equals("int32") || format.equals("int64")
    default: false
    }
  }

  private static func take(
    _ names: [StaticString], of schema: JSONValue, into node: inout GeminiSchemaNode
  ) {
    for name in names {
      guard let value = schema[name], value.kind == .number else { continue }
      node.limits.append(Extra(JSONText("\(name)"), value.raw))
    }
  }

  /// A value as it stands, cut where it becomes too long to read.
  static func text(_ value: JSONValue) -> String {
    let bytes = value.raw.bytes
    guard bytes.count > longest else { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: bytes.prefix(longest), as: UTF8.self) + "…"
  }
}
