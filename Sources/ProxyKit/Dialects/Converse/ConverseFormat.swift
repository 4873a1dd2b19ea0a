/// The short names that Converse has for kinds of files.
enum ConverseFormat {
  private struct Pair {
    let format: StaticString
    let mediaType: StaticString
  }

  private static let documents = [
    Pair(format: "pdf", mediaType: "application/pdf"),
    Pair(format: "csv", mediaType: "text/csv"),
    Pair(format: "doc", mediaType: "application/msword"),
    Pair(
      format: "docx",
      mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    Pair(format: "xls", mediaType: "application/vnd.ms-excel"),
    Pair(
      format: "xlsx",
      mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    Pair(format: "html", mediaType: "text/html"),
    Pair(format: "txt", mediaType: "text/plain"),
    Pair(format: "md", mediaType: "text/markdown"),
  ]

  private static let images: [StaticString] = ["png", "jpeg", "gif", "webp"]

  static func mediaType(ofDocument format: JSONText) -> JSONText? {
    documents.first { format.equals($0.format) }.map { JSONText("\($0.mediaType)") }
  }

  /// Nil for what Bedrock does not read.
  static func document(_ mediaType: JSONText) -> StaticString? {
    let type = plain(mediaType)
    if let pair = documents.first(where: { "\($0.mediaType)" == type }) { return pair.format }
    return type.hasPrefix("text/") ? "txt" : nil
  }

  /// Nil for what Bedrock does not see.
  static func image(_ mediaType: JSONText) -> StaticString? {
    let type = plain(mediaType)
    if type == "image/jpg" { return "jpeg" }
    return images.first { type == "image/\($0)" }
  }

  /// Nil for what is no sound.
  static func audio(_ mediaType: JSONText) -> JSONText? {
    let type = plain(mediaType)
    return type.hasPrefix("audio/") ? JSONText(String(type.dropFirst(6))) : nil
  }

  /// The type without its parameters.
  private static func plain(_ mediaType: JSONText) -> String {
    String(mediaType.string.prefix { $0 != ";" && $0 != " " }).lowercased()
  }
}
