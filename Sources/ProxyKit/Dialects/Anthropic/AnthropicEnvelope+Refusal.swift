extension AnthropicEnvelope {
  /// Bedrock's refusal in Anthropic's words; a body that says nothing, or says it in Anthropic's
  /// words already, stays as it is.
  ///
  /// `errorType` is the field `x-amzn-errortype`, which may go on behind a colon.
  package static func openRefusal(
    status: Int, errorType: String?, _ body: [UInt8]
  ) -> [UInt8] {
    guard let root = (try? JSONDocument(body))?.root, root["error"] == nil,
      let message = root["message"]?.text ?? root["Message"]?.text
    else { return body }
    let name = errorType ?? root["__type"]?.string ?? ""
    let plain = name.prefix { $0 != ":" }.split(separator: "#").last ?? ""
    var writer = JSONWriter(reserving: message.bytes.count + 96)
    writer.object { writer in
      writer.member("type", word: "error")
      writer.name("error")
      writer.object { writer in
        writer.member("type", word: type(of: plain, status: status))
        writer.member("message", message)
      }
    }
    return writer.bytes
  }

  private static func type(of exception: Substring, status: Int) -> StaticString {
    if let type = InvokeFault.knownType(of: Array(exception.utf8)[...]) { return type }
    switch exception {
    case "UnrecognizedClientException", "ExpiredTokenException", "InvalidSignatureException",
      "IncompleteSignatureException", "MissingAuthenticationTokenException":
      return "authentication_error"
    default: break
    }
    switch status {
    case 401: return "authentication_error"
    case 403: return "permission_error"
    case 404: return "not_found_error"
    case 408, 504: return "timeout_error"
    case 413: return "request_too_large"
    case 429: return "rate_limit_error"
    case 503, 529: return "overloaded_error"
    case 400..<500 where status != 424: return "invalid_request_error"
    default: return "api_error"
    }
  }
}
