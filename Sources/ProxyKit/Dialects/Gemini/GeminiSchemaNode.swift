/// One schema in the words of the subset.
struct GeminiSchemaNode: Equatable {
  var type: String?
  var format: JSONText?
  var title: JSONText?
  var description: String?
  /// What the subset has no word for, in sentences.
  var notes: [String] = []
  var isNullable = false
  var values: [JSONText] = []
  var properties: [JSONText: GeminiSchemaNode] = [:]
  var order: [JSONText] = []
  var required: [JSONText] = []
  /// None, or the one schema of the elements.
  var items: [GeminiSchemaNode] = []
  var alternatives: [GeminiSchemaNode] = []
  /// Limits by name, as they stood.
  var limits: [Extra] = []

  init(type: String? = nil, notes: [String] = []) {
    self.type = type
    self.notes = notes
  }

  /// The subset cannot leave a type open.
  static let anything = GeminiSchemaNode(type: "STRING", notes: ["Any value."])

  mutating func set(_ name: JSONText, _ node: GeminiSchemaNode) {
    if properties.updateValue(node, forKey: name) == nil { order.append(name) }
  }

  /// Takes the values of `enum` or `const`; only texts can be listed.
  mutating func take(values list: [JSONValue]) {
    if list.contains(where: \.isNull) { isNullable = true }
    let list = list.filter { !$0.isNull }
    let texts = list.compactMap(\.text)
    if !list.isEmpty, texts.count == list.count, type == nil || type == "STRING" {
      type = "STRING"
      values = texts.filter { !$0.isEmpty }
      if values.count < texts.count { notes.append("May be empty.") }
      return
    }
    guard let first = list.first else { return }
    if type == nil {
      switch first.kind {
      case .number: type = list.allSatisfy { $0.integer != nil } ? "INTEGER" : "NUMBER"
      case .true, .false: type = "BOOLEAN"
      case .object: type = "OBJECT"
      case .array: type = "ARRAY"
      case .string, .null: type = "STRING"
      }
    }
    let words = list.prefix(64).map { String(decoding: $0.raw.bytes.prefix(200), as: UTF8.self) }
    notes.append(
      words.count == 1 ? "Must be \(words[0])." : "One of: \(words.joined(separator: ", ")).")
  }

  /// Takes what another schema of the same value says.
  mutating func merge(_ other: GeminiSchemaNode) {
    type = type ?? other.type
    format = format ?? other.format
    title = title ?? other.title
    if let text = other.description { description = description ?? text }
    notes += other.notes.filter { !notes.contains($0) }
    isNullable = isNullable || other.isNullable
    if values.isEmpty { values = other.values }
    for name in other.order {
      if let node = other.properties[name] { set(name, node) }
    }
    required += other.required
    if items.isEmpty { items = other.items }
    alternatives += other.alternatives
    limits += other.limits.filter { limit in !limits.contains { $0.name == limit.name } }
  }

  /// Makes the schema one that Google accepts.
  mutating func settle() {
    if !alternatives.isEmpty {
      settleAlternatives()
      return
    }
    if type == nil {
      if !properties.isEmpty {
        type = "OBJECT"
      } else if !items.isEmpty {
        type = "ARRAY"
      } else {
        self.type = "STRING"
        if values.isEmpty { notes.append("Any value.") }
      }
    }
    if type == "ARRAY", items.isEmpty { items = [.anything] }
  }

  /// Beside alternatives nothing else may stand.
  private mutating func settleAlternatives() {
    if type != nil || !properties.isEmpty {
      var own = self
      own.alternatives = []
      own.description = nil
      own.notes = []
      own.isNullable = false
      own.settle()
      alternatives.insert(own, at: 0)
    }
    let text = told
    if let text, !alternatives.isEmpty {
      let first = alternatives[0].told
      alternatives[0].description = first.map { "\(text) \($0)" } ?? text
      alternatives[0].notes = []
    }
    if isNullable {
      for index in alternatives.indices { alternatives[index].isNullable = true }
    }
    let forms = alternatives
    self = GeminiSchemaNode()
    alternatives = forms
  }

  /// The description with the notes behind it.
  var told: String? {
    let parts = [description].compactMap(\.self) + notes
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}

extension GeminiSchemaNode {
  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      guard alternatives.isEmpty else {
        writer.name("anyOf")
        writer.array { writer in
          for form in alternatives { form.write(into: &writer) }
        }
        return
      }
      writer.member("type", type ?? "STRING")
      if let format { writer.member("format", format) }
      if let title { writer.member("title", title) }
      if let told { writer.member("description", told) }
      if isNullable { writer.member("nullable", true) }
      if !values.isEmpty, type == "STRING" {
        writer.name("enum")
        writer.array { for value in values { $0.text(value) } }
      }
      for limit in limits {
        writer.name(limit.name)
        writer.raw(limit.value)
      }
      if type == "OBJECT", !properties.isEmpty { writeProperties(into: &writer) }
      if type == "ARRAY", let items = items.first {
        writer.name("items")
        items.write(into: &writer)
      }
    }
  }

  private func writeProperties(into writer: inout JSONWriter) {
    writer.name("properties")
    writer.object { writer in
      for name in order {
        writer.name(name)
        properties[name]?.write(into: &writer)
      }
    }
    var seen: Set<JSONText> = []
    let known = required.filter { properties[$0] != nil && seen.insert($0).inserted }
    guard !known.isEmpty else { return }
    writer.name("required")
    writer.array { for name in known { $0.text(name) } }
  }
}
