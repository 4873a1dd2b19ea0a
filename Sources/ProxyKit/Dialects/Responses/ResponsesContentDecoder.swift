/// Reads the content of a message or of a tool's output: a string, or a list of parts.
enum ResponsesContentDecoder {
  /// Nil when there is no content.
  static func blocks(_ value: JSONValue?, _ path: @autoclosure () -> String) throws(Failure)
    -> [Block]?
  {
    guard let value else { return nil }
    if let text = value.text { return [Block(.text(text))] }
    guard value.kind == .array else {
      throw .invalid("\(path()) must be a string or a list of parts.", parameter: path())
    }
    var blocks: [Block] = []
    for (index, part) in value.elements.enumerated() {
      blocks.append(try block(part, "\(path())[\(index)]"))
    }
    return blocks
  }

  private static func block(_ part: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Block
  {
    if let text = part.text { return Block(.text(text)) }
    guard part.kind == .object, let type = part["type"]?.text else {
      throw .invalid("\(path()) must be an object with a type.", parameter: path())
    }
    switch type.string {
    case "input_text", "output_text", "text", "summary_text", "reasoning_text":
      let text = try ChatRequestDecoder.text(part["text"] ?? part, "\(path()).text")
      return Block(.text(text), extras: extras(of: part, but: ["text"]))
    case "refusal":
      let text = try ChatRequestDecoder.text(part["refusal"] ?? part, "\(path()).refusal")
      return Block(.refusal(text), extras: extras(of: part, but: ["refusal"]))
    case "input_image", "computer_screenshot":
      return Block(
        .image(try image(part, path())),
        extras: extras(of: part, but: ["image_url", "file_id", "detail"]))
    case "input_file":
      return Block(
        .document(try file(part, path())),
        extras: extras(of: part, but: ["file_data", "file_url", "file_id", "filename"]))
    case "input_audio":
      return Block(
        .audio(try audio(part, path())), extras: extras(of: part, but: ["input_audio"]))
    default: return Block(.unknown(type: type, part.raw))
    }
  }

  private static func image(_ part: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Media
  {
    let detail = part["detail"]?.text
    let given = part["image_url"]
    if let url = given?.text ?? given?["url"]?.text, !url.isEmpty {
      if let inline = ChatInlineBytes(url) {
        return Media(.base64(mediaType: inline.mediaType, inline.base64), detail: detail)
      }
      return Media(.url(url), detail: detail)
    }
    if let id = part["file_id"]?.text, !id.isEmpty { return Media(.file(id: id), detail: detail) }
    throw .invalid(
      "\(path()) must have an image_url or a file_id.", parameter: "\(path()).image_url")
  }

  private static func file(_ part: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Document
  {
    let title = part["filename"]?.text
    if let bytes = part["file_data"]?.text, !bytes.isEmpty {
      if let inline = ChatInlineBytes(bytes) {
        return Document(.base64(mediaType: inline.mediaType, inline.base64), title: title)
      }
      return Document(.base64(mediaType: "application/pdf", bytes), title: title)
    }
    if let url = part["file_url"]?.text { return Document(.url(url), title: title) }
    if let id = part["file_id"]?.text { return Document(.file(id: id), title: title) }
    throw .invalid(
      "\(path()) must have file_data, a file_url or a file_id.", parameter: "\(path()).file_data")
  }

  private static func audio(_ part: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Media
  {
    guard let audio = part["input_audio"], let bytes = audio["data"]?.text,
      let format = audio["format"]?.text
    else {
      throw .invalid(
        "\(path()).input_audio must have data and a format.", parameter: "\(path()).input_audio")
    }
    return Media(.base64(mediaType: "audio/" + format, bytes))
  }

  /// What replies carry beside the text says nothing to a model.
  private static let silent: [StaticString] = ["type", "annotations", "logprobs"]

  private static func extras(of part: JSONValue, but own: [StaticString]) -> [Extra] {
    part.members(besides: silent + own).compactMap { name, member in
      member.isNull ? nil : Extra(name, member.raw)
    }
  }
}
