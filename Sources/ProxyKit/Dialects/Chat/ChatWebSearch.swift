/// Chat's web search, a member of the request that some models know.
enum ChatWebSearch {
  /// Any other model refuses the member.
  static func isKnown(to model: String) -> Bool {
    model.contains("search") || model.contains("sonar")
  }

  /// Writes what Chat can say of another language's tool.
  static func write(_ tool: JSONRaw, into writer: inout JSONWriter) {
    let value = try? tool.parsed()
    writer.name("web_search_options")
    writer.object { writer in
      if let size = value?["search_context_size"]?.text {
        writer.member("search_context_size", size)
      }
      guard let place = value?["user_location"], place.kind == .object else { return }
      writer.name("user_location")
      writer.object { writer in
        writer.member("type", word: "approximate")
        writer.name("approximate")
        writer.object { writer in
          for (name, member) in place.members where !name.equals("type") && !member.isNull {
            writer.name(name)
            writer.raw(member.raw)
          }
        }
      }
    }
  }
}
