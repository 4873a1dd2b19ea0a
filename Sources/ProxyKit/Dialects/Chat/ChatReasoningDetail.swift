/// One element of `reasoning_details`: a thought, its summary, or what only its vendor can read.
///
/// The form is OpenRouter's; its `format` says whose models can verify what is sealed.
struct ChatReasoningDetail {
  enum Kind {
    case text, summary, encrypted
    /// A kind that only its server knows.
    case other
  }

  var kind: Kind
  /// The thought, or a summary of it.
  var text: JSONText?
  /// What proves the text, or stands in its place.
  var seal: Seal?
  /// The element's own name: OpenAI's of the sealed item, or of the call that Gemini sealed.
  var id: JSONText?
  var index: Int?

  init?(_ node: ChatNode) {
    guard node.kind == .object, let type = node["type"]?.text else { return nil }
    kind = Self.kind(of: type)
    id = node["id"]?.someText
    index = node["index"]?.integer
    text = (kind == .summary ? node["summary"] : node["text"])?.someText
    let value = (kind == .encrypted ? node["data"] : node["signature"])?.someText
    guard let mint = node["format"]?.text.flatMap(Self.mint(of:)), kind != .other else {
      // Text that nothing proves is not sealed.
      if kind == .other || value != nil { seal = Seal(.chat, JSONText(escaping: node.raw.bytes)) }
      return
    }
    if let value { seal = Seal(mint, id: mint == .openai ? id : nil, value) }
  }

  private static func kind(of type: JSONText) -> Kind {
    if type.equals("reasoning.text") { return .text }
    if type.equals("reasoning.summary") { return .summary }
    return type.equals("reasoning.encrypted") ? .encrypted : .other
  }

  private static func mint(of format: JSONText) -> Seal.Mint? {
    if format.equals("anthropic-claude-v1") { return .anthropic }
    if format.equals("openai-responses-v1") { return .openai }
    return format.equals("google-gemini-v1") ? .gemini : nil
  }

  /// The seal of a call, which it names; Gemini alone seals calls.
  var sealedCall: JSONText? {
    kind == .encrypted && seal?.mint == .gemini ? id : nil
  }
}

extension JSONWriter {
  /// Writes the elements that carry one block's seal: one, or two where summary and proof are apart.
  ///
  /// `text` is nil for a block that only its mint can read.
  mutating func chat(reasoning text: JSONText?, _ seal: Seal, index: Int) {
    switch seal.mint {
    case .chat: chat(element: seal, text: text, index: index)
    case .openai:
      if let text, !text.isEmpty {
        object {
          $0.member("type", word: "reasoning.summary")
          $0.member("summary", text)
          $0.end(of: seal, index: index)
        }
      }
      object {
        $0.member("type", word: "reasoning.encrypted")
        $0.member("data", seal.value)
        $0.end(of: seal, index: index)
      }
    case .anthropic, .gemini:
      object {
        if let text {
          $0.member("type", word: "reasoning.text")
          $0.member("text", text)
          $0.member("signature", seal.value)
        } else {
          $0.member("type", word: "reasoning.encrypted")
          $0.member("data", seal.value)
        }
        $0.end(of: seal, index: index)
      }
    }
  }

  private mutating func end(of seal: Seal, index: Int) {
    if let id = seal.id { member("id", id) }
    switch seal.mint {
    case .anthropic: member("format", word: "anthropic-claude-v1")
    case .openai: member("format", word: "openai-responses-v1")
    case .gemini, .chat: member("format", word: "google-gemini-v1")
    }
    member("index", index)
  }

  /// Writes a server's own element again, around the text that it belongs to.
  private mutating func chat(element seal: Seal, text: JSONText?, index: Int) {
    guard let element = try? JSONDocument(seal.value.unescaped).root else { return }
    object {
      for (name, value) in element.members {
        let isText = name.equals("text") || name.equals("summary")
        if name.equals("index") || (isText && text != nil) { continue }
        $0.name(name)
        $0.raw(value.raw)
      }
      if let text, !text.isEmpty {
        let isSummary = element["type"]?.text?.equals("reasoning.summary") == true
        if isSummary { $0.member("summary", text) } else { $0.member("text", text) }
      }
      $0.member("index", index)
    }
  }

  /// Writes the seal of a call, or of a text, as Gemini's Chat surface has it.
  mutating func chat(google seal: JSONText) {
    name("extra_content")
    object {
      $0.name("google")
      $0.object { $0.member("thought_signature", seal) }
    }
  }

  /// Writes the seal of a call as a router names it.
  mutating func chat(sealOf call: JSONText, _ seal: Seal, index: Int) {
    object {
      $0.member("type", word: "reasoning.encrypted")
      $0.member("data", seal.value)
      $0.member("id", call)
      $0.member("format", word: "google-gemini-v1")
      $0.member("index", index)
    }
  }
}
