internal import Dialects
internal import Transport

/// Paths that name the model: Google's and Amazon's.
extension Endpoint {
  private static let versions = ["v1", "v1beta", "v1alpha", "v1beta1"]

  /// `/v1beta/models/{model}:{action}`, and the same below a Vertex project.
  static func google(_ head: RequestHead, _ path: Substring) -> Endpoint? {
    var parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard let version = parts.first, versions.contains(String(version)) else { return nil }
    parts.removeFirst()
    var publisher: Substring?
    if parts.count >= 7, parts[0] == "projects", parts[2] == "locations",
      parts[4] == "publishers"
    {
      publisher = parts[5]
      parts.removeFirst(6)
    }
    guard parts.first == "models", parts.count > 1 else { return nil }
    let name = parts.dropFirst().joined(separator: "/")
    // Names of models have colons too, so that the last one counts.
    guard let colon = name.lastIndex(of: ":") else {
      let id = URIEncoding.text(name[...])
      return Endpoint(head.method, allowing: "GET", .showModel(id), .gemini)
    }
    let model = URIEncoding.text(name[..<colon])
    let action = name[name.index(after: colon)...]
    return publisher == "anthropic"
      ? anthropic(head.method, model, action) : gemini(head, model, action)
  }

  private static func gemini(
    _ head: RequestHead, _ model: String, _ action: Substring
  ) -> Endpoint? {
    var endpoint: Endpoint
    switch action {
    case "generateContent":
      endpoint = Endpoint(head.method, allowing: "POST", .converse, .gemini)
      endpoint.streams = false
    case "streamGenerateContent":
      endpoint = Endpoint(head.method, allowing: "POST", .converse, .gemini)
      endpoint.streams = true
      if QueryText.value(of: "alt", in: head.query) != "sse" { endpoint.framing = .jsonArray }
    case "countTokens":
      endpoint = Endpoint(head.method, allowing: "POST", .countTokens, .gemini)
    case "embedContent", "batchEmbedContents":
      let path = "/models/\(URIEncoding.encode(model)):\(action)"
      endpoint = Endpoint(head.method, allowing: "POST", .passThrough(path: path), .gemini)
    default: return nil
    }
    endpoint.model = model
    return endpoint
  }

  /// Claude as Vertex serves it: Anthropic's language in Google's paths.
  private static func anthropic(
    _ method: String, _ model: String, _ action: Substring
  ) -> Endpoint? {
    guard action == "rawPredict" || action == "streamRawPredict" else { return nil }
    let counts = model == "count-tokens"
    var endpoint = Endpoint(
      method, allowing: "POST", counts ? .countTokens : .converse, .anthropic)
    endpoint.envelope = .vertex
    // Vertex counts at a path that is the same for all models.
    if !counts {
      endpoint.model = model
      endpoint.streams = action == "streamRawPredict"
    }
    return endpoint
  }

  /// `/model/{id}/{action}` as Bedrock's runtime has it.
  static func amazon(_ method: String, _ path: Substring) -> Endpoint? {
    guard path.hasPrefix("/model/"), let slash = path.lastIndex(of: "/") else { return nil }
    let name = path[path.index(path.startIndex, offsetBy: 7)...]
    guard slash > name.startIndex else { return nil }
    var endpoint: Endpoint
    switch path[path.index(after: slash)...] {
    case "converse", "converse-stream":
      endpoint = Endpoint(method, allowing: "POST", .converse, .converse)
      endpoint.streams = path.hasSuffix("-stream")
    case "invoke", "invoke-with-response-stream":
      endpoint = Endpoint(method, allowing: "POST", .converse, .anthropic)
      endpoint.streams = path.hasSuffix("-stream")
      endpoint.envelope = .bedrock
      if endpoint.streams == true { endpoint.framing = .invokeFrames }
    case "count-tokens": endpoint = Endpoint(method, allowing: "POST", .countTokens, .converse)
    default: return nil
    }
    endpoint.model = URIEncoding.text(name[..<slash])
    return endpoint
  }
}

/// Reads a query without making a table of it.
enum QueryText {
  static func value(of name: String, in query: String?) -> String? {
    guard let query else { return nil }
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts[0] == name { return parts.count == 2 ? URIEncoding.text(parts[1]) : "" }
    }
    return nil
  }
}
