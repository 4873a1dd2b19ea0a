/// Addresses of files, and who can fetch them.
enum GeminiAddress {
  /// Whether only Google can read the file.
  static func isOfGoogle(_ uri: JSONText) -> Bool {
    let text = uri.string
    return text.hasPrefix("gs://") || text.contains("generativelanguage.googleapis.com/")
      || text.hasPrefix("files/")
  }

  static func isVideoPage(_ uri: JSONText) -> Bool {
    let text = uri.string
    return text.contains("youtube.com/") || text.hasPrefix("https://youtu.be/")
  }

  /// The media type that the end of the path tells.
  static func mediaType(of uri: JSONText) -> JSONText? {
    if isVideoPage(uri) { return "video/*" }
    let path = uri.string.split(whereSeparator: { $0 == "?" || $0 == "#" }).first ?? ""
    return switch path.split(separator: ".").last?.lowercased() {
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "webp": "image/webp"
    case "gif": "image/gif"
    case "heic": "image/heic"
    case "pdf": "application/pdf"
    case "txt", "md": "text/plain"
    case "html", "htm": "text/html"
    case "mp3": "audio/mp3"
    case "wav": "audio/wav"
    case "mp4": "video/mp4"
    default: nil
    }
  }
}
