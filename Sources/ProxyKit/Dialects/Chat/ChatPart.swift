/// One part of a message's content, ready to be written.
struct ChatPart {
  enum Content {
    case text(JSONText)
    case image(url: [JSONText], detail: JSONText?)
    case audio(format: JSONText, JSONText)
    case file(name: JSONText?, bytes: [JSONText])
    case uploadedFile(id: JSONText, name: JSONText?)
    case refusal(JSONText)
    case raw(JSONRaw)
  }

  var content: Content
  /// Only a client of the same language gets these through.
  var cacheMark: JSONRaw?
  var extras: [Extra] = []

  init(_ content: Content) {
    self.content = content
  }

  /// The text, when it is nothing but that.
  var plainText: JSONText? {
    guard case .text(let text) = content, cacheMark == nil, extras.isEmpty else { return nil }
    return text
  }

  var isText: Bool {
    if case .text = content { true } else { false }
  }
}

extension JSONWriter {
  /// Writes content: texts alone as one string, which every server takes, anything else as parts.
  mutating func chat(content parts: [ChatPart], separator: JSONText) {
    let texts = parts.compactMap(\.plainText)
    if texts.count == parts.count {
      joined(texts.filter { !$0.isEmpty }, separator: separator)
    } else {
      array { for part in parts { $0.chat(part) } }
    }
  }

  private mutating func chat(_ part: ChatPart) {
    if case .raw(let value) = part.content { return raw(value) }
    object {
      $0.chat(part.content)
      if let mark = part.cacheMark { $0.member("cache_control", mark) }
      $0.chat(part.extras)
    }
  }

  private mutating func chat(_ content: ChatPart.Content) {
    switch content {
    case .text(let text):
      member("type", word: "text")
      member("text", text)
    case .refusal(let text):
      member("type", word: "refusal")
      member("refusal", text)
    case .image(let url, let detail):
      member("type", word: "image_url")
      name("image_url")
      object {
        $0.name("url")
        $0.joined(url)
        if let detail { $0.member("detail", detail) }
      }
    case .audio(let format, let bytes):
      member("type", word: "input_audio")
      name("input_audio")
      object {
        $0.member("data", bytes)
        $0.member("format", format)
      }
    case .file(let name, let bytes):
      member("type", word: "file")
      self.name("file")
      object {
        if let name { $0.member("filename", name) }
        $0.name("file_data")
        $0.joined(bytes)
      }
    case .uploadedFile(let id, let name):
      member("type", word: "file")
      self.name("file")
      object {
        $0.member("file_id", id)
        if let name { $0.member("filename", name) }
      }
    case .raw(let value): raw(value)
    }
  }

  /// Writes members that the hub had no word for.
  mutating func chat(_ extras: [Extra]) {
    for extra in extras {
      name(extra.name)
      raw(extra.value)
    }
  }
}
