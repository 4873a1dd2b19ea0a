/// Replies that are written without libmicrohttpd, where it would refuse to carry them.
enum RawReply {
  /// A whole reply that ends its connection.
  static func bytes(status: Int, fields: HTTPFields, body: [UInt8]) -> [UInt8] {
    var text = "HTTP/1.1 \(status) \(reason(status))\r\n"
    for (name, value) in fields where ReplyHeader.isCarried(name) {
      text += "\(name): \(ReplyHeader.sanitised(value))\r\n"
    }
    text += "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    return Array(text.utf8) + body
  }

  /// A refusal of the server's own.
  static func bytes(
    status: Int, error message: String, path: String, options: ServerOptions
  ) -> [UInt8] {
    let (contentType, body) = options.errorBody(status, path, message)
    return bytes(status: status, fields: ["Content-Type": contentType], body: body)
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 408: "Request Timeout"
    case 413: "Content Too Large"
    case 429: "Too Many Requests"
    case 499: "Client Closed Request"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    default: "Status"
    }
  }
}

/// Which header fields of a reply are the caller's to set.
enum ReplyHeader {
  /// Whether the field goes out; those about the connection itself are the server's own.
  static func isCarried(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenByte) else { return false }
    switch name.utf8.count {
    case 2: return !name.equalsIgnoringCase("te")
    case 7: return !name.equalsIgnoringCase("upgrade") && !name.equalsIgnoringCase("trailer")
    case 10: return !name.equalsIgnoringCase("connection") && !name.equalsIgnoringCase("keep-alive")
    case 14: return !name.equalsIgnoringCase("content-length")
    case 16: return !name.equalsIgnoringCase("proxy-connection")
    case 17: return !name.equalsIgnoringCase("transfer-encoding")
    default: return true
    }
  }

  /// The value without bytes that could end the line.
  static func sanitised(_ value: String) -> String {
    if value.utf8.allSatisfy(\.isFieldByte) { return value }
    return String(decoding: value.utf8.map { $0.isFieldByte ? $0 : 0x20 }, as: UTF8.self)
  }
}
