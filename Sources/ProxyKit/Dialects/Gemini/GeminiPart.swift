/// One part of a content, ready to be written.
struct GeminiPart {
  /// What is larger than a text lies beside the part, as most parts are texts.
  enum Content {
    case text(JSONText)
    case thought(JSONText)
    indirect case inline(mediaType: JSONText, JSONText, title: JSONText?)
    indirect case file(uri: JSONText, mediaType: JSONText?, title: JSONText?)
    indirect case call(id: JSONText?, name: JSONText, input: JSONRaw, [Extra])
    indirect case result(GeminiResult)
    case raw(JSONRaw)
  }

  var content: Content
  var signature: JSONText?
  var extras: [Extra] = []

  init(_ content: Content, signature: JSONText? = nil, extras: [Extra] = []) {
    self.content = content
    self.signature = signature
    self.extras = extras
  }

  var isCall: Bool {
    if case .call = content { true } else { false }
  }

  var isResult: Bool {
    if case .result = content { true } else { false }
  }

  func write(into writer: inout JSONWriter) {
    if case .raw(let raw) = content { return writer.raw(raw) }
    writer.object { writer in
      writeContent(into: &writer)
      if let signature { writer.member("thoughtSignature", signature) }
      Self.write(extras, into: &writer)
    }
  }

  private func writeContent(into writer: inout JSONWriter) {
    switch content {
    case .text(let text): writer.member("text", text)
    case .thought(let text):
      writer.member("text", text)
      writer.member("thought", true)
    case .inline(let type, let bytes, let title):
      writer.name("inlineData")
      writer.object { writer in
        writer.member("mimeType", type)
        if let title { writer.member("displayName", title) }
        writer.member("data", bytes)
      }
    case .file(let uri, let type, let title):
      writer.name("fileData")
      writer.object { writer in
        if let type { writer.member("mimeType", type) }
        if let title { writer.member("displayName", title) }
        writer.member("fileUri", uri)
      }
    case .call(let id, let name, let input, let extras):
      writer.name("functionCall")
      writer.object { writer in
        if let id { writer.member("id", id) }
        writer.member("name", name)
        writer.member("args", input)
        Self.write(extras, into: &writer)
      }
    case .result(let result):
      writer.name("functionResponse")
      result.write(into: &writer)
    case .raw: break
    }
  }

  static func write(_ extras: [Extra], into writer: inout JSONWriter) {
    for extra in extras {
      writer.name(extra.name)
      writer.raw(extra.value)
    }
  }
}

/// What a tool said, ready to be written.
struct GeminiResult {
  var id: JSONText?
  var name: JSONText
  /// The response as it stands, or nil for the texts under a name.
  var response: JSONRaw?
  var texts: [JSONText] = []
  var isError = false
  /// Images and documents, for models that take them here.
  var media: [GeminiPart] = []
  var extras: [Extra] = []

  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      if let id { writer.member("id", id) }
      writer.member("name", name)
      writer.name("response")
      if let response {
        writer.raw(response)
      } else {
        writer.object { writer in
          if isError { writer.name("error") } else { writer.name("output") }
          writer.joined(texts, separator: "\n")
        }
      }
      if !media.isEmpty {
        writer.name("parts")
        writer.array { writer in
          for part in media { part.write(into: &writer) }
        }
      }
      GeminiPart.write(extras, into: &writer)
    }
  }
}

/// One content: a role and its parts.
struct GeminiContent {
  var isModel: Bool
  var parts: [GeminiPart]

  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("role", word: isModel ? "model" : "user")
      writer.name("parts")
      writer.array { writer in
        for part in parts { part.write(into: &writer) }
      }
    }
  }
}
