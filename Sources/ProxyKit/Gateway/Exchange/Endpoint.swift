internal import Dialects
internal import Transport

/// What a request's method and path ask for, and the language in which it must be answered.
struct Endpoint: Sendable, Equatable {
  enum Action: Sendable, Equatable {
    /// A conversation in the endpoint's language.
    case converse
    case countTokens
    case listModels
    case showModel(String)
    /// Bedrock's list of models.
    case listProfiles
    case storedResponse(StoredResponseAction)
    /// A request that goes to the backend as it is, at this path below its base URL.
    case passThrough(path: String)
    case health
    /// Claude Code warms its connection up with it.
    case hello
    /// Codex tries a WebSocket first and falls back at once when told to.
    case upgrade
    case unknown
    /// The path exists, with another method.
    case wrongMethod(allowed: String)
  }

  /// What can be done with a response that was kept.
  enum StoredResponseAction: Sendable, Equatable {
    case show(String)
    case delete(String)
    case cancel(String)
    case listInput(String)
  }

  var action: Action
  var dialect: Dialect
  /// The model that the path names.
  var model: String?
  /// Whether the path asks for a stream; nil where the body says so.
  var streams: Bool?
  /// The cloud in whose envelope the client sends Anthropic's body.
  var envelope: AnthropicEnvelope.Cloud?
  /// What the client wants its stream wrapped in.
  var framing = StreamFraming.bare
  /// The client speaks Chat as it was before there were messages.
  var isCompletion = false
  /// The backend that the path's prefix names.
  var backend: String?

  /// The language of its errors: Bedrock refuses in its own words whatever a body speaks.
  var refusalDialect: Dialect { envelope == .bedrock ? .converse : dialect }

  /// Recognises the endpoint from the parsed request target alone; `Host` decides nothing.
  init(_ head: RequestHead, backends: [Settings.Backend]) {
    let full =
      head.path.utf8.count > 1 && head.path.hasSuffix("/")
      ? head.path.dropLast() : head.path[...]
    self.init(head, path: full)
    guard action == .unknown, let (name, rest) = Self.prefix(of: full, among: backends) else {
      return
    }
    self.init(head, path: rest)
    backend = name
  }

  init(
    _ method: String, allowing allowed: String, _ action: Action, _ dialect: Dialect
  ) {
    let fits =
      method == allowed || (allowed == "GET" && method == "HEAD")
      || (allowed == "HEAD" && method == "GET")
    self.init(action: fits ? action : .wrongMethod(allowed: allowed), dialect: dialect)
  }

  init(action: Action, dialect: Dialect) {
    self.action = action
    self.dialect = dialect
  }

  private init(_ head: RequestHead, path: Substring) {
    let method = head.method
    switch path {
    case "/v1/messages", "/anthropic/v1/messages":
      self.init(method, allowing: "POST", .converse, .anthropic)
    case "/v1/messages/count_tokens", "/anthropic/v1/messages/count_tokens":
      self.init(method, allowing: "POST", .countTokens, .anthropic)
    case "/v1/chat/completions": self.init(method, allowing: "POST", .converse, .chat)
    case "/v1/responses" where head.fields.contains("upgrade"):
      self.init(action: .upgrade, dialect: .responses)
    case "/v1/responses": self.init(method, allowing: "POST", .converse, .responses)
    case "/v1/responses/input_tokens":
      self.init(method, allowing: "POST", .countTokens, .responses)
    case "/health", "/healthz": self.init(method, allowing: "GET", .health, .chat)
    case "/api/hello": self.init(method, allowing: "HEAD", .hello, .anthropic)
    case "/v1/models":
      self.init(method, allowing: "GET", .listModels, Self.caller(head))
    case "/v1/embeddings", "/v1/completions", "/v1/responses/compact", "/v1/rerank",
      "/v1/images/generations", "/v1/audio/speech", "/v1/moderations":
      let below = String(path.dropFirst("/v1".count))
      self.init(method, allowing: "POST", .passThrough(path: below), .chat)
    case "/inference-profiles": self.init(method, allowing: "GET", .listProfiles, .converse)
    case "/v1beta/models", "/v1alpha/models":
      self.init(method, allowing: "GET", .listModels, .gemini)
    default:
      self =
        Self.model(head, path) ?? Self.storedResponse(method, path)
        ?? Self.google(head, path) ?? Self.amazon(method, path)
        ?? Endpoint(action: .unknown, dialect: Self.dialect(of: path, head.fields))
    }
  }

  /// `/v1/models/{id}`, which may have slashes in it.
  private static func model(_ head: RequestHead, _ path: Substring) -> Endpoint? {
    let isAction = path.contains(":") && head.method == "POST"
    guard path.hasPrefix("/v1/models/"), !isAction else { return nil }
    let id = URIEncoding.text(path.dropFirst("/v1/models/".count))
    return Endpoint(head.method, allowing: "GET", .showModel(id), caller(head))
  }

  /// `/v1/responses/{id}` and what stands below it.
  private static func storedResponse(_ method: String, _ path: Substring) -> Endpoint? {
    guard path.hasPrefix("/v1/responses/") else { return nil }
    let parts = path.dropFirst("/v1/responses/".count).split(
      separator: "/", omittingEmptySubsequences: false)
    let id = URIEncoding.text(parts[0])
    switch parts.dropFirst().first {
    case nil where method == "DELETE":
      return Endpoint(action: .storedResponse(.delete(id)), dialect: .responses)
    case nil: return Endpoint(method, allowing: "GET", .storedResponse(.show(id)), .responses)
    case "cancel" where parts.count == 2:
      return Endpoint(method, allowing: "POST", .storedResponse(.cancel(id)), .responses)
    case "input_items" where parts.count == 2:
      return Endpoint(method, allowing: "GET", .storedResponse(.listInput(id)), .responses)
    default: return nil
    }
  }

  /// The language of a caller on a path that several languages share.
  private static func caller(_ head: RequestHead) -> Dialect {
    let isGoogles = ["key", "pageSize"].contains { QueryText.value(of: $0, in: head.query) != nil }
    if isGoogles || head.fields.contains("x-goog-api-key") { return .gemini }
    return head.fields.contains("anthropic-version") || head.fields.contains("x-api-key")
      ? .anthropic : .chat
  }

  /// The language in which a path that nobody serves would be answered.
  private static func dialect(of path: Substring, _ fields: HTTPFields) -> Dialect {
    if path.contains("/v1/messages") || fields.contains("anthropic-version") { return .anthropic }
    if path.hasPrefix("/v1beta") || path.contains("/models/") && path.contains(":") {
      return .gemini
    }
    if path.hasPrefix("/model/") { return .converse }
    return path.hasPrefix("/v1/responses") ? .responses : .chat
  }

  private static func prefix(
    of path: Substring, among backends: [Settings.Backend]
  ) -> (String, Substring)? {
    let rest = path.dropFirst()
    guard let slash = rest.firstIndex(of: "/") else { return nil }
    let name = rest[..<slash]
    guard backends.contains(where: { $0.name == name }) else { return nil }
    return (String(name), rest[slash...])
  }
}
