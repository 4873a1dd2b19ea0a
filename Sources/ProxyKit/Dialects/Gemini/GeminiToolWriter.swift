/// Writes tools and what was said about choosing among them, so that the two agree.
struct GeminiToolWriter {
  private let conversation: Conversation
  private let target: Target
  private let traits: GeminiModelTraits
  private let isForeign: Bool
  private var functions: [Tool] = []
  private var served: [JSONRaw] = []
  private let names: ToolNames
  private(set) var losses = Losses()

  init(
    _ conversation: Conversation, for target: Target, _ traits: GeminiModelTraits,
    names: ToolNames
  ) {
    self.conversation = conversation
    self.target = target
    self.traits = traits
    self.names = names
    isForeign = conversation.origin != .gemini
    for tool in conversation.tools {
      if case .vendor = tool.kind { continue }
      functions.append(tool)
    }
    for tool in conversation.tools {
      if case .vendor(let type, let purpose, let raw) = tool.kind { serve(type, purpose, raw) }
    }
  }

  var hasTools: Bool { !functions.isEmpty || !served.isEmpty }

  /// Google's own tools do the work of another vendor's, but not beside functions.
  private mutating func serve(_ type: JSONText, _ purpose: ServerTool?, _ raw: JSONRaw) {
    guard isForeign else { return served.append(raw) }
    let own: JSONRaw? =
      switch purpose {
      case .webSearch: JSONRaw(stringLiteral: #"{"googleSearch":{}}"#)
      case .webFetch: JSONRaw(stringLiteral: #"{"urlContext":{}}"#)
      case .codeExecution: JSONRaw(stringLiteral: #"{"codeExecution":{}}"#)
      case .fileSearch, nil: nil
      }
    guard let own, functions.isEmpty else {
      return losses.record("server_tool_\(type.string)")
    }
    if !served.contains(own) { served.append(own) }
  }

  mutating func write(rest: JSONValue?, into writer: inout JSONWriter) {
    if hasTools {
      writer.name("tools")
      writer.array { writer in
        for raw in served { writer.raw(raw) }
        guard !functions.isEmpty else { return }
        writer.object { writer in
          writer.name("functionDeclarations")
          writer.array { writer in
            for tool in functions { write(tool, into: &writer) }
          }
        }
      }
    }
    if isForeign, conversation.allowsParallelCalls == false, !functions.isEmpty {
      losses.record("parallel_tool_calls")
    }
    if let rest { writer.member("toolConfig", rest.raw) } else { writeChoice(into: &writer) }
  }

  private mutating func write(_ tool: Tool, into writer: inout JSONWriter) {
    if isForeign {
      if tool.cacheMark != nil { losses.record("cache_control") }
      for extra in tool.extras where !extra.value.bytes.elementsEqual("null".utf8) {
        losses.record(extra.name.string)
      }
    }
    let name = names.spelling(of: tool.name)
    writer.object { writer in
      writer.member("name", name)
      switch tool.kind {
      case .function(let description, let schema, let isStrict):
        if isStrict == true { losses.record("strict") }
        if let description { writer.member("description", description) }
        if let schema { write(schema, into: &writer) }
      case .freeform(let description, let format):
        writer.member("description", FreeText.description(description, format))
        write(FreeText.schema, into: &writer)
      case .vendor: break
      }
      guard !isForeign else { return }
      for extra in tool.extras {
        writer.name(extra.name)
        writer.raw(extra.value)
      }
    }
  }

  private func write(_ schema: JSONRaw, into writer: inout JSONWriter) {
    guard schema.bytes.first == UInt8(ascii: "{"),
      schema.bytes.dropFirst().first(where: { $0 > 0x20 }) != UInt8(ascii: "}")
    else { return }
    if target.takesJSONSchema(traits), !GeminiSchema.isRecursive(schema) {
      writer.member("parametersJsonSchema", AnthropicSchema.input(schema))
    } else if let subset = GeminiSchema.convert(schema, isParameters: true) {
      writer.member("parameters", subset)
    }
  }

  private mutating func writeChoice(into writer: inout JSONWriter) {
    guard let choice = conversation.toolChoice else { return }
    guard !functions.isEmpty else {
      if isForeign, choice != .automatic, choice != ToolChoice.none { losses.record("tool_choice") }
      return
    }
    var only: JSONText?
    if case .tool(let name) = choice {
      guard functions.contains(where: { $0.name == name }) else {
        return losses.record("tool_choice")
      }
      only = names.spelling(of: name)
    }
    writer.name("toolConfig")
    writer.object { writer in
      writer.name("functionCallingConfig")
      writer.object { writer in
        switch choice {
        case .automatic: writer.member("mode", word: "AUTO")
        case .none: writer.member("mode", word: "NONE")
        case .any, .tool: writer.member("mode", word: "ANY")
        }
        if let only {
          writer.name("allowedFunctionNames")
          writer.array { $0.text(only) }
        }
      }
    }
  }
}
