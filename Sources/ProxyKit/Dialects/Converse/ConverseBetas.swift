/// Anthropic's betas, which Converse has in the body, among the words of the model.
package enum ConverseBetas {
  /// The betas that a body asks for.
  package static func names(in root: JSONValue) -> [String] {
    root["additionalModelRequestFields"]?["anthropic_beta"]?.elements.compactMap(\.string) ?? []
  }

  /// The body with these betas in place of its own; without any it has no member for them.
  package static func replace(by betas: [String], in body: [UInt8]) -> [UInt8] {
    guard let root = (try? JSONDocument(body))?.root, root.kind == .object else { return body }
    let fields = root["additionalModelRequestFields"]
    if let fields, fields.kind != .object { return body }
    guard !betas.isEmpty || fields?["anthropic_beta"] != nil else { return body }
    var written = JSONWriter()
    written.object { writer in
      if !betas.isEmpty {
        writer.name("anthropic_beta")
        writer.array { for beta in betas { $0.string(beta) } }
      }
      guard let fields else { return }
      for (name, value) in fields.members where !name.equals("anthropic_beta") {
        writer.name(name)
        writer.raw(value.raw)
      }
    }
    var edit = JSONMemberEdit(root, removing: ["additionalModelRequestFields"])
    if written.bytes.count > 2 {
      edit.prepend {
        $0.member("additionalModelRequestFields", JSONRaw(written.bytes[...]))
      }
    }
    return edit.bytes
  }
}
