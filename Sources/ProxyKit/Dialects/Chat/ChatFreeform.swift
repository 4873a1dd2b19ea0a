/// Which Chat servers have tools of free text, and how they spell them.
enum ChatFreeform {
  /// Only OpenAI's own servers have them.
  static func isKnown(to target: Target, _ conversation: Conversation) -> Bool {
    if conversation.origin == .chat { return true }
    return target.platform == .vendor || target.platform == .azure
  }

  /// The format in Chat's spelling, which keeps a grammar one step deeper than Responses does.
  static func nested(_ format: JSONRaw) -> JSONRaw {
    guard let value = try? format.parsed(), value["type"]?.text?.equals("grammar") == true,
      value["grammar"] == nil
    else { return format }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("type", word: "grammar")
      writer.name("grammar")
      writer.object { writer in
        for (name, member) in value.members where !name.equals("type") {
          writer.name(name)
          writer.raw(member.raw)
        }
      }
    }
    return JSONRaw(writer.bytes[...])
  }
}
