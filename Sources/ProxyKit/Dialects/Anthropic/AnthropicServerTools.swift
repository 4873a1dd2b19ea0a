/// Tools that a vendor runs, in Anthropic's words and in those of others.
enum AnthropicServerTools {
  /// What a tool of Anthropic's is for, where other vendors have one like it.
  static func purpose(of type: JSONText) -> ServerTool? {
    for purpose in [ServerTool.webSearch, .webFetch, .codeExecution] {
      if type.bytes.starts(with: purpose.rawValue.utf8) { return purpose }
    }
    return nil
  }

  /// Another vendor's tool as Anthropic has it; nil when it has none.
  static func tool(for purpose: ServerTool?, _ raw: JSONRaw) -> JSONRaw? {
    switch purpose {
    case .webSearch: webSearch(try? raw.parsed())
    case .webFetch:
      JSONRaw(stringLiteral: #"{"type":"web_fetch_20250910","name":"web_fetch"}"#)
    case .codeExecution:
      JSONRaw(stringLiteral: #"{"type":"code_execution_20250825","name":"code_execution"}"#)
    case .fileSearch, nil: nil
    }
  }

  private static func webSearch(_ options: JSONValue?) -> JSONRaw {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("type", word: "web_search_20250305")
      writer.member("name", word: "web_search")
      if let size = options?["search_context_size"]?.text {
        writer.member("max_uses", size.equals("low") ? 1 : size.equals("high") ? 10 : 5)
      }
      if let domains = options?["filters"]?["allowed_domains"], domains.kind == .array {
        writer.member("allowed_domains", domains.raw)
      }
      if let place = options?["user_location"], place.kind == .object {
        write(place["approximate"] ?? place, into: &writer)
      }
    }
    return JSONRaw(writer.bytes[...])
  }

  private static func write(_ place: JSONValue, into writer: inout JSONWriter) {
    writer.name("user_location")
    writer.object { writer in
      writer.member("type", word: "approximate")
      for (name, member) in place.members where !name.equals("type") && !member.isNull {
        writer.name(name)
        writer.raw(member.raw)
      }
    }
  }
}
