/// Anthropic's Messages as the clouds carry them: the same body, but for the members that a cloud
/// has in its path, its headers or nowhere.
///
///              model   stream  version                betas
///     direct   body    body    header                 header
///     Bedrock  path    path    body, of its own kind  body
///     Vertex   path    body    body, of its own kind  header
package enum AnthropicEnvelope {
  /// Who carries the body.
  package enum Cloud: Sendable {
    case bedrock, vertex
  }

  /// A body without the envelope, and the betas that it asked for.
  package struct Letter: Sendable {
    package var body: [UInt8]
    /// What goes into the header `anthropic-beta`, in the order it was asked for.
    package var betas: [String]

    package init(body: [UInt8], betas: [String]) {
      self.body = body
      self.betas = betas
    }

    /// The value of the header; nil when there is none to send.
    package var betaHeader: String? { betas.isEmpty ? nil : betas.joined(separator: ",") }
  }

  /// Makes a Messages body of one that came by a cloud's path.
  ///
  /// Without a model from the path, as when tokens are counted, the body keeps its own.
  package static func open(
    _ document: JSONDocument, model: String?, streams: Bool
  ) throws(Failure) -> Letter {
    let root = try object(document)
    let betas = try betas(of: root)
    var names: [StaticString] = ["anthropic_version", "anthropic_beta", "stream"]
    if model != nil { names.append("model") }
    var edit = JSONMemberEdit(root, removing: names)
    edit.prepend { writer in
      if let model { writer.member("model", model) }
      if streams { writer.member("stream", true) }
    }
    return Letter(body: edit.bytes, betas: betas)
  }

  /// Makes the body that a cloud wants of a Messages body; `betas` are those of the header.
  ///
  /// Vertex counts tokens at a path that is the same for all models, so there the model stays.
  package static func seal(
    _ document: JSONDocument, for cloud: Cloud, betas asked: [String], keepsModel: Bool = false
  ) throws(Failure) -> Letter {
    let root = try object(document)
    var betas = asked
    for beta in try Self.betas(of: root) where !betas.contains(beta) { betas.append(beta) }
    var names: [StaticString] = ["anthropic_beta"]
    if !keepsModel { names.append("model") }
    if cloud == .bedrock { names.append("stream") }
    // A version that is null is none.
    if root["anthropic_version"] == nil { names.append("anthropic_version") }
    var edit = JSONMemberEdit(root, removing: names)
    let isVersioned = edit.keeps("anthropic_version")
    edit.prepend { writer in
      if !isVersioned { writer.member("anthropic_version", word: version(for: cloud)) }
      guard cloud == .bedrock, !betas.isEmpty else { return }
      writer.name("anthropic_beta")
      writer.array { writer in
        for beta in betas { writer.string(beta) }
      }
    }
    return Letter(body: edit.bytes, betas: cloud == .bedrock ? [] : betas)
  }

  /// The names in the value of a header `anthropic-beta`.
  package static func betas(inHeader value: String) -> [String] {
    value.split(separator: ",").map(trimmed).filter { !$0.isEmpty }
  }

  private static func version(for cloud: Cloud) -> StaticString {
    switch cloud {
    case .bedrock: "bedrock-2023-05-31"
    case .vertex: "vertex-2023-10-16"
    }
  }

  private static func object(_ document: JSONDocument) throws(Failure) -> JSONValue {
    guard document.root.kind == .object else {
      throw .invalid("the body must be a JSON object, not \(document.root.kind.noun)")
    }
    return document.root
  }

  private static func betas(of root: JSONValue) throws(Failure) -> [String] {
    var betas: [String] = []
    for (name, value) in root.members where name.equals("anthropic_beta") && !value.isNull {
      guard let given = names(in: value), given.allSatisfy(isFit) else {
        throw .invalid(
          "anthropic_beta: must be an array of names of betas", parameter: "anthropic_beta")
      }
      for beta in given where !betas.contains(beta) { betas.append(beta) }
    }
    return betas
  }

  /// Nil when the value is neither a list of names nor their list in one text.
  private static func names(in value: JSONValue) -> [String]? {
    if let text = value.string { return betas(inHeader: text) }
    guard value.kind == .array else { return nil }
    var names: [String] = []
    for element in value.elements {
      guard let name = element.string else { return nil }
      names.append(name)
    }
    return names
  }

  /// Whether the name can stand in a list in a header.
  private static func isFit(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
