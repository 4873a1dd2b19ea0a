/// Reads the content of a message: a string, or a list of parts.
enum ChatContentDecoder {
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
    case "text":
      let text = try ChatRequestDecoder.text(part["text"] ?? part, "\(path()).text")
      return Block(
        .text(text), cacheMark: part["cache_control"]?.raw, extras: extras(of: part, but: "text"))
    case "image_url":
      return Block(
        .image(try image(part, "\(path()).image_url")), cacheMark: part["cache_control"]?.raw,
        extras: extras(of: part, but: "image_url"))
    case "input_audio":
      return Block(
        .audio(try audio(part, "\(path()).input_audio")), cacheMark: part["cache_control"]?.raw,
        extras: extras(of: part, but: "input_audio"))
    case "file":
      return Block(
        .document(try file(part, "\(path()).file")), cacheMark: part["cache_control"]?.raw,
        extras: extras(of: part, but: "file"))
    case "refusal":
      let text = try ChatRequestDecoder.text(part["refusal"] ?? part, "\(path()).refusal")
      return Block(.refusal(text))
    default: return Block(.unknown(type: type, part.raw))
    }
  }

  private static func image(_ part: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Media
  {
    let image = part["image_url"]
    guard let url = image?["url"]?.text ?? image?.text, !url.isEmpty else {
      throw .invalid(
        "\(path()).url must be a string that is not empty.", parameter: "\(path()).url")
    }
    let detail = image?["detail"]?.text
    if let inline = ChatInlineBytes(url) {
      return Media(.base64(mediaType: inline.mediaType, inline.base64), detail: detail)
    }
    return Media(.url(url), detail: detail)
  }

  private static func audio(_ part: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Media
  {
    guard let audio = part["input_audio"], let bytes = audio["data"]?.text,
      let format = audio["format"]?.text
    else {
      throw .invalid("\(path()) must have data and a format.", parameter: path())
    }
    return Media(.base64(mediaType: "audio/" + format, bytes))
  }

  private static func file(_ part: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Document
  {
    guard let file = part["file"], file.kind == .object else {
      throw .invalid("\(path()) must be an object.", parameter: path())
    }
    let title = file["filename"]?.text
    if let bytes = file["file_data"]?.text {
      if let inline = ChatInlineBytes(bytes) {
        return Document(.base64(mediaType: inline.mediaType, inline.base64), title: title)
      }
      if bytes.string.hasPrefix("http") { return Document(.url(bytes), title: title) }
      return Document(.base64(mediaType: "application/pdf", bytes), title: title)
    }
    if let id = file["file_id"]?.text { return Document(.file(id: id), title: title) }
    throw .invalid("\(path()) must have file_data or a file_id.", parameter: path())
  }

  private static func extras(of part: JSONValue, but own: StaticString) -> [Extra] {
    part.members(besides: ["type", "cache_control", own]).compactMap { name, member in
      member.isNull ? nil : Extra(name, member.raw)
    }
  }
}
