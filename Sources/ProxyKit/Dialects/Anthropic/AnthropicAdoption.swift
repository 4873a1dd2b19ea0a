/// Members of other languages that Anthropic has its own way to say; the rest is lost, by name.
struct AnthropicAdoption {
  private(set) var members: [Extra] = []
  private(set) var tools: [JSONRaw] = []
  private(set) var topK: JSONRaw?

  init(_ extras: [Extra], losses: inout Losses) {
    for extra in extras { adopt(extra, losses: &losses) }
  }

  private mutating func adopt(_ extra: Extra, losses: inout Losses) {
    guard let value = try? extra.value.parsed(), !value.isNull else { return }
    if extra.name.equals("cache_control"), value.kind == .object {
      members.append(extra)
    } else if extra.name.equals("top_k"), value.kind == .number {
      topK = extra.value
    } else if extra.name.equals("web_search_options"), value.kind == .object {
      tools.append(Self.webSearch(value))
    } else {
      losses.record(extra.name.string)
    }
  }

  private static func webSearch(_ options: JSONValue) -> JSONRaw {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("type", word: "web_search_20250305")
      writer.member("name", word: "web_search")
      if let size = options["search_context_size"]?.text {
        writer.member("max_uses", size.equals("low") ? 1 : size.equals("high") ? 10 : 5)
      }
      if let place = options["user_location"]?["approximate"], place.kind == .object {
        writer.name("user_location")
        writer.object { writer in
          writer.member("type", word: "approximate")
          for (name, member) in place.members where !name.equals("type") {
            writer.name(name)
            writer.raw(member.raw)
          }
        }
      }
    }
    return JSONRaw(writer.bytes[...])
  }
}
