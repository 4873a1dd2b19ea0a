/// Writes tools and what was said about choosing among them, so that the two agree.
struct ResponsesToolWriter {
  private let conversation: Conversation
  private let target: Target
  private let names: ToolNames
  private let isSameLanguage: Bool
  private(set) var losses = Losses()

  init(_ conversation: Conversation, for target: Target, names: ToolNames) {
    self.conversation = conversation
    self.target = target
    self.names = names
    isSameLanguage = conversation.origin == .responses
  }

  /// Whether the upstream is given tools on free text as what they are.
  static func keepsFreeform(_ conversation: Conversation, for target: Target) -> Bool {
    conversation.origin == .responses || target.isStrict
  }

  mutating func write(into writer: inout JSONWriter) {
    let tools = conversation.tools.filter { canSay($0) }
    guard !tools.isEmpty else {
      switch conversation.toolChoice {
      case .any, .tool: losses.record("tool_choice")
      case .automatic, ToolChoice.none?, nil: break
      }
      return
    }
    writer.name("tools")
    writer.array { writer in
      var rest = tools[...]
      while let tool = rest.first {
        guard let namespace = namespace(of: tool) else {
          write(tool, as: names.spelling(of: tool.name), into: &writer)
          rest.removeFirst()
          continue
        }
        let members = rest.prefix { self.namespace(of: $0) == namespace }
        write(members, in: namespace, into: &writer)
        rest = rest.dropFirst(members.count)
      }
    }
    writeChoice(among: tools, into: &writer)
    switch conversation.allowsParallelCalls {
    case false where target.quirks.contains(.noSerialTools): losses.record("parallel_tool_calls")
    case false: writer.member("parallel_tool_calls", false)
    case true where isSameLanguage: writer.member("parallel_tool_calls", true)
    default: break
    }
  }

  private func namespace(of tool: Tool) -> JSONText? {
    isSameLanguage ? conversation.toolForms[tool.name]?.namespace : nil
  }

  private mutating func write(
    _ tools: ArraySlice<Tool>, in namespace: JSONText, into writer: inout JSONWriter
  ) {
    let said = tools.first?.extras.first { $0.name.equals("namespace_description") }
    writer.object { writer in
      writer.member("type", word: "namespace")
      writer.member("name", namespace)
      writer.name("description")
      if let said { writer.raw(said.value) } else { writer.text(.empty) }
      writer.name("tools")
      writer.array { writer in
        for tool in tools {
          let own = conversation.toolForms[tool.name]?.name ?? tool.name
          write(tool, as: own, into: &writer)
        }
      }
    }
  }

  private mutating func canSay(_ tool: Tool) -> Bool {
    guard case .vendor(let type, let purpose, _) = tool.kind, !isSameLanguage else { return true }
    switch purpose {
    case .webSearch, .codeExecution: return true
    case .webFetch, .fileSearch, nil:
      losses.record("server_tool_\(type.string)")
      return false
    }
  }

  private mutating func write(
    _ tool: Tool, as name: JSONText, into writer: inout JSONWriter
  ) {
    if !isSameLanguage {
      if tool.cacheMark != nil { losses.record("cache_control") }
      for extra in tool.extras where !extra.value.bytes.elementsEqual("null".utf8) {
        losses.record(extra.name.string)
      }
    }
    switch tool.kind {
    case .vendor(_, let purpose, let raw):
      if isSameLanguage { writer.raw(raw) } else { Self.write(purpose, raw, into: &writer) }
    case .function(let description, let schema, let isStrict):
      writer.object {
        $0.member("type", word: "function")
        $0.member("name", name)
        if let description { $0.member("description", description) }
        if let schema { $0.member("parameters", schema) } else { Self.writeNoParameters(into: &$0) }
        writeStrict(isStrict, into: &$0)
        writeExtras(of: tool, into: &$0)
      }
    case .freeform(let description, let format):
      guard Self.keepsFreeform(conversation, for: target) else {
        return writeFunction(name, description, format, into: &writer)
      }
      writer.object {
        $0.member("type", word: "custom")
        $0.member("name", name)
        if let description { $0.member("description", description) }
        if let format { $0.member("format", format) }
        writeExtras(of: tool, into: &$0)
      }
    }
  }

  private func writeExtras(of tool: Tool, into writer: inout JSONWriter) {
    guard isSameLanguage else { return }
    for extra in tool.extras where !extra.name.equals("namespace_description") {
      writer.name(extra.name)
      writer.raw(extra.value)
    }
  }

  private static func writeNoParameters(into writer: inout JSONWriter) {
    writer.member("parameters", JSONRaw(stringLiteral: #"{"type":"object","properties":{}}"#))
  }

  /// Without a word about it, OpenAI holds a schema to its strict rules.
  private func writeStrict(_ isStrict: Bool?, into writer: inout JSONWriter) {
    guard !target.quirks.contains(.noStrictTools) else { return }
    if let isStrict {
      writer.member("strict", isStrict)
    } else if !isSameLanguage {
      writer.member("strict", false)
    }
  }

  /// Free text as a function with one string, the grammar in its description.
  private func writeFunction(
    _ name: JSONText, _ description: JSONText?, _ format: JSONRaw?,
    into writer: inout JSONWriter
  ) {
    var said = description.map { [$0] } ?? []
    if let format = try? format?.parsed(), let definition = format["definition"]?.text {
      let syntax = format["syntax"]?.text ?? "given"
      said.append("The input must follow this " + syntax + " grammar:\n" + definition)
    }
    writer.object {
      $0.member("type", word: "function")
      $0.member("name", name)
      if !said.isEmpty {
        $0.name("description")
        $0.joined(said, separator: "\n\n")
      }
      let schema =
        #"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}"#
      $0.member("parameters", JSONRaw(Array(schema.utf8)[...]))
      writeStrict(nil, into: &$0)
    }
  }

  /// The vendor's own tool for what another vendor's was for.
  private static func write(
    _ purpose: ServerTool?, _ raw: JSONRaw, into writer: inout JSONWriter
  ) {
    let given = try? raw.parsed()
    writer.object { writer in
      guard purpose == .webSearch else {
        writer.member("type", word: "code_interpreter")
        writer.member("container", JSONRaw(stringLiteral: #"{"type":"auto"}"#))
        return
      }
      writer.member("type", word: "web_search")
      if let domains = given?["allowed_domains"], domains.kind == .array {
        writer.name("filters")
        writer.object { $0.member("allowed_domains", domains.raw) }
      }
      if let place = given?["user_location"], place.kind == .object {
        writer.member("user_location", place.raw)
      }
    }
  }

  private mutating func writeChoice(among tools: [Tool], into writer: inout JSONWriter) {
    switch conversation.toolChoice {
    case nil: break
    case .automatic: writer.member("tool_choice", word: "auto")
    case .any: writer.member("tool_choice", word: "required")
    case ToolChoice.none?: writer.member("tool_choice", word: "none")
    case .tool(let name): writeChoice(of: name, among: tools, into: &writer)
    }
  }

  private mutating func writeChoice(
    of name: JSONText, among tools: [Tool], into writer: inout JSONWriter
  ) {
    guard let tool = tools.first(where: { $0.name == name }) else {
      return losses.record("tool_choice")
    }
    writer.name("tool_choice")
    writer.object {
      switch tool.kind {
      case .vendor(let type, let purpose, _):
        if isSameLanguage {
          $0.member("type", type)
        } else {
          $0.member("type", purpose == .webSearch ? "web_search" : "code_interpreter")
        }
      case .freeform where Self.keepsFreeform(conversation, for: target):
        $0.member("type", word: "custom")
        writeName(name, into: &$0)
      case .function, .freeform:
        $0.member("type", word: "function")
        writeName(name, into: &$0)
      }
    }
  }

  private func writeName(_ name: JSONText, into writer: inout JSONWriter) {
    ResponsesSpelling(conversation, names).write(name, into: &writer)
  }
}

/// How a tool is named to the upstream: by its namespace where the client had one.
struct ResponsesSpelling {
  private let names: ToolNames
  private let forms: ToolForms?

  init(_ conversation: Conversation, _ names: ToolNames) {
    self.names = names
    forms = conversation.origin == .responses ? conversation.toolForms : nil
  }

  /// Writes the members `name` and, where there is one, `namespace`.
  func write(_ name: JSONText, into writer: inout JSONWriter) {
    guard let form = forms?[name] else {
      writer.member("name", names.spelling(of: name))
      return
    }
    writer.member("name", form.name)
    if let namespace = form.namespace { writer.member("namespace", namespace) }
  }
}
