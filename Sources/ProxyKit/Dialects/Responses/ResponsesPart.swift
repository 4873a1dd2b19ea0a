/// One part of a message's content or of a tool's output, ready to be written.
struct ResponsesPart {
  enum Content {
    case text(JSONText)
    case refusal(JSONText)
    case image(url: [JSONText], detail: JSONText?)
    case uploadedImage(id: JSONText, detail: JSONText?)
    case audio(format: JSONText, JSONText)
    case file(name: JSONText?, bytes: [JSONText])
    case linkedFile(url: JSONText, name: JSONText?)
    case uploadedFile(id: JSONText, name: JSONText?)
    case raw(JSONRaw)
  }

  var content: Content
  /// Only a client of the same language gets these through.
  var extras: [Extra] = []

  init(_ content: Content) {
    self.content = content
  }

  /// The text, when it is nothing but that.
  var plainText: JSONText? {
    guard case .text(let text) = content, extras.isEmpty else { return nil }
    return text
  }
}

extension JSONWriter {
  /// Writes content: a text alone as a string, anything else as parts.
  mutating func responses(content parts: [ResponsesPart], isOutput: Bool) {
    if parts.count == 1, !isOutput, let text = parts[0].plainText { return self.text(text) }
    array { for part in parts { $0.responses(part, isOutput: isOutput) } }
  }

  /// Writes a part; what the assistant said is output, everything else input.
  private mutating func responses(_ part: ResponsesPart, isOutput: Bool) {
    if case .raw(let value) = part.content { return raw(value) }
    object {
      $0.responses(part.content, isOutput: isOutput)
      $0.chat(part.extras)
    }
  }

  private mutating func responses(_ content: ResponsesPart.Content, isOutput: Bool) {
    switch content {
    case .text(let text):
      if isOutput {
        member("type", word: "output_text")
      } else {
        member("type", word: "input_text")
      }
      member("text", text)
      if isOutput {
        name("annotations")
        array { _ in }
      }
    case .refusal(let text):
      member("type", word: "refusal")
      member("refusal", text)
    case .image(let url, let detail):
      member("type", word: "input_image")
      name("image_url")
      joined(url)
      member("detail", detail ?? "auto")
    case .uploadedImage(let id, let detail):
      member("type", word: "input_image")
      member("file_id", id)
      member("detail", detail ?? "auto")
    case .audio(let format, let bytes):
      member("type", word: "input_audio")
      name("input_audio")
      object {
        $0.member("data", bytes)
        $0.member("format", format)
      }
    case .file(let title, let bytes):
      member("type", word: "input_file")
      if let title { member("filename", title) }
      name("file_data")
      joined(bytes)
    case .linkedFile(let url, let title):
      member("type", word: "input_file")
      if let title { member("filename", title) }
      member("file_url", url)
    case .uploadedFile(let id, let title):
      member("type", word: "input_file")
      if let title { member("filename", title) }
      member("file_id", id)
    case .raw(let value): raw(value)
    }
  }
}
