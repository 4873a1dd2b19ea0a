/// Reads `inlineData` and `fileData`.
enum GeminiMediaReader {
  /// Nil when the part holds neither.
  static func block(_ part: JSONValue, _ path: @autoclosure () -> String) throws(Failure) -> Block?
  {
    if let inline = part.google("inlineData", "inline_data") {
      return try self.inline(inline, "\(path()).inlineData")
    }
    if let file = part.google("fileData", "file_data") {
      return try self.file(file, "\(path()).fileData")
    }
    return nil
  }

  private static func inline(_ value: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Block
  {
    try GeminiMembers.object(value, path())
    guard let type = value.google("mimeType", "mime_type")?.text else {
      throw .invalid("\(path()).mimeType must be a string.", parameter: "\(path()).mimeType")
    }
    guard let data = value["data"]?.text else {
      throw .invalid("\(path()).data must be a string.", parameter: "\(path()).data")
    }
    let title = value.google("displayName", "display_name")?.text
    let source = Media.Source.base64(mediaType: type, GeminiBase64.standard(data))
    return block(source, type, title)
  }

  private static func file(_ value: JSONValue, _ path: @autoclosure () -> String) throws(Failure)
    -> Block
  {
    try GeminiMembers.object(value, path())
    guard let uri = value.google("fileUri", "file_uri")?.text else {
      throw .invalid("\(path()).fileUri must be a string.", parameter: "\(path()).fileUri")
    }
    let type = value.google("mimeType", "mime_type")?.text
    let title = value.google("displayName", "display_name")?.text
    let known = GeminiAddress.mediaType(of: uri)
    let isForGoogle =
      GeminiAddress.isOfGoogle(uri) || (type ?? known)?.string.hasPrefix("video/") == true
    let source: Media.Source = isForGoogle ? .file(id: uri) : .url(uri)
    var block = block(source, type ?? known ?? "", title)
    if let type, type != known { block.extras.append(Extra("mimeType", Self.quoted(type))) }
    return block
  }

  private static func block(
    _ source: Media.Source, _ type: JSONText, _ title: JSONText?
  ) -> Block {
    let name = type.string
    if name.hasPrefix("image/") || name.hasPrefix("audio/") {
      let content =
        name.hasPrefix("image/")
        ? Block.Content.image(Media(source)) : .audio(Media(source))
      return Block(content, extras: title.map { [Extra("displayName", Self.quoted($0))] } ?? [])
    }
    let document: Document.Source =
      switch source {
      case .base64(let type, let bytes):
        if isText(name), let text = text(bytes) {
          .text(text)
        } else {
          .base64(mediaType: type, bytes)
        }
      case .url(let url): .url(url)
      case .file(let id): .file(id: id)
      }
    return Block(.document(Document(document, title: title)))
  }

  private static func isText(_ type: String) -> Bool {
    type.hasPrefix("text/") || type == "application/json"
  }

  private static func text(_ base64: JSONText) -> JSONText? {
    guard let bytes = Base64.decode(base64.bytes), UTF8Check.isValid(bytes.span) else {
      return nil
    }
    return JSONText(escaping: bytes[...])
  }

  private static func quoted(_ text: JSONText) -> JSONRaw {
    var writer = JSONWriter()
    writer.text(text)
    return JSONRaw(writer.bytes[...])
  }
}
