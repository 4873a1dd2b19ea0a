/// Turns JSON Schema into the subset of OpenAPI that Google's language has always taken.
///
/// What the subset has no word for becomes part of the description. References are written out, to
/// a bounded depth and size, as the subset has none.
struct GeminiSchema {
  private static let maximumDepth = 40
  /// No schema, however it refers to itself, becomes longer than this.
  private static let maximumNodes = 4000

  private let root: JSONValue
  private var nodes = 0
  private var depth = 0
  /// The references that are being written out.
  private var path: [JSONText] = []

  /// The schema in the subset; nil when there is nothing to say.
  static func convert(_ schema: JSONRaw, isParameters: Bool = false) -> JSONRaw? {
    guard let root = try? schema.parsed(), root.kind == .object else { return nil }
    var converter = GeminiSchema(root: root)
    var node = converter.read(root)
    if isParameters {
      node = node.asParameters
      // Google refuses parameters that are an object without properties.
      guard node.type == "OBJECT", !node.properties.isEmpty else { return nil }
    }
    var writer = JSONWriter(reserving: schema.bytes.count * 2)
    node.write(into: &writer)
    return JSONRaw(writer.bytes[...])
  }

  /// Whether following the schema's references never ends.
  static func isRecursive(_ schema: JSONRaw) -> Bool {
    guard mayRefer(schema.bytes.span) else { return false }
    guard let root = try? schema.parsed() else { return false }
    var search = GeminiSchemaCycles(root: root)
    return search.hasCycle()
  }

  /// Whether a name may be `$ref`; an escape may be any letter of it.
  private static func mayRefer(_ schema: borrowing Span<UInt8>) -> Bool {
    var at = 0
    while let mark = ByteSearch.first(
      UInt8(ascii: "$"), or: UInt8(ascii: "\\"), in: schema, from: at)
    {
      let rest = schema.extracting(mark..<schema.count)
      if rest.begins(with: "$ref") || rest.begins(with: "\\u") { return true }
      at = mark &+ 1
    }
    return false
  }

  private init(root: JSONValue) {
    self.root = root
  }

  /// Reads one schema; one that is part of another is not settled yet.
  private mutating func read(_ schema: JSONValue, isPart: Bool = false) -> GeminiSchemaNode {
    nodes += 1
    depth += 1
    defer { depth -= 1 }
    guard schema.kind == .object else { return isPart ? GeminiSchemaNode() : .anything }
    guard nodes < Self.maximumNodes, depth < Self.maximumDepth else {
      return GeminiSchemaNode(type: "OBJECT", notes: ["Its form is not shown."])
    }
    if let reference = schema["$ref"]?.text { return follow(reference, beside: schema) }
    var node = GeminiSchemaNode()
    node.title = schema["title"]?.text
    node.description = schema["description"]?.string
    readTypes(of: schema, into: &node)
    readValues(of: schema, into: &node)
    readObject(schema, into: &node)
    readArray(schema, into: &node)
    GeminiSchemaNotes.read(schema, into: &node)
    if let all = schema["allOf"] {
      for part in all.elements { node.merge(read(part, isPart: true)) }
    }
    readChoices(of: schema, into: &node)
    if !isPart { node.settle() }
    return node
  }

  private mutating func follow(
    _ reference: JSONText, beside schema: JSONValue
  ) -> GeminiSchemaNode {
    let name = reference.string.split(separator: "/").last.map { String($0) } ?? "the whole"
    guard let found = GeminiSchemaCycles.find(reference, in: root),
      path.filter({ $0 == reference }).count < 2
    else {
      return GeminiSchemaNode(type: "OBJECT", notes: ["As \(name)."])
    }
    path.append(reference)
    defer { path.removeLast() }
    var node = read(found)
    if let description = schema["description"]?.string { node.description = description }
    if schema["nullable"]?.bool == true { node.isNullable = true }
    return node
  }

  private mutating func readTypes(of schema: JSONValue, into node: inout GeminiSchemaNode) {
    guard let type = schema["type"] else { return }
    var words = type.googleSubtypes
    if words.contains("NULL") {
      node.isNullable = true
      words.removeAll { $0 == "NULL" }
    }
    if schema["nullable"]?.bool == true { node.isNullable = true }
    node.type = words.first
    guard words.count > 1 else { return }
    // Several types are several schemas; what is said beside them goes to the type it fits.
    for word in words.dropFirst() {
      var other = GeminiSchemaNode(type: word)
      if word == "ARRAY" { readArray(schema, into: &other) }
      if word == "OBJECT" { readObject(schema, into: &other) }
      node.alternatives.append(other)
    }
  }

  private func readValues(of schema: JSONValue, into node: inout GeminiSchemaNode) {
    if let only = schema.member("const") { node.take(values: [only]) }
    if let list = schema["enum"], list.kind == .array {
      node.take(values: list.elements.map { $0 })
    }
  }

  private mutating func readObject(_ schema: JSONValue, into node: inout GeminiSchemaNode) {
    guard node.type == nil || node.type == "OBJECT" else { return }
    node.required += (schema["required"]?.elements.compactMap(\.text) ?? [])
    guard let properties = schema["properties"], properties.kind == .object else { return }
    node.type = "OBJECT"
    for (name, value) in properties.members { node.set(name, read(value)) }
  }

  private mutating func readArray(_ schema: JSONValue, into node: inout GeminiSchemaNode) {
    guard node.type == "ARRAY" || (node.type == nil && schema["items"] != nil) else { return }
    node.type = "ARRAY"
    var places = (schema["prefixItems"]?.elements.map { $0 }) ?? []
    if let items = schema["items"] {
      if items.kind == .array {
        places += items.elements
      } else if items.kind == .object {
        places.append(items)
      }
    }
    let forms = places.map { read($0) }
    guard let first = forms.first else { return node.items = [.anything] }
    if forms.count == 1 {
      node.items = [first]
    } else {
      var choice = GeminiSchemaNode()
      for form in forms where !choice.alternatives.contains(form) {
        choice.alternatives.append(form)
      }
      choice.settle()
      node.items = [choice]
    }
  }

  private mutating func readChoices(of schema: JSONValue, into node: inout GeminiSchemaNode) {
    for name: StaticString in ["anyOf", "oneOf"] {
      guard let list = schema[name], list.kind == .array else { continue }
      var places: [JSONValue] = []
      for element in list.elements {
        let isNull = element["type"]?.text?.equals("null") == true
        if isNull || element.member("const")?.isNull == true {
          node.isNullable = true
        } else {
          places.append(element)
        }
      }
      if places.count == 1 {
        node.merge(read(places[0], isPart: true))
      } else if !node.properties.isEmpty || node.type == "ARRAY" {
        // Choices about the members of an object that is there already.
        node.notes.append("One of these holds: \(GeminiSchemaNotes.text(list)).")
      } else {
        let forms = places.map { read($0) }
        for form in forms where !node.alternatives.contains(form) {
          node.alternatives.append(form)
        }
      }
    }
  }
}

extension JSONValue {
  /// The words of a `type`, in Google's spelling.
  fileprivate var googleSubtypes: [String] {
    (kind == .array ? elements.map { $0 } : [self]).compactMap { value in
      let word = value.string?.uppercased() ?? ""
      let known = ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"]
      return known.contains(word) ? word : nil
    }
  }
}
