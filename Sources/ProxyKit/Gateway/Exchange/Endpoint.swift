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
    case health
    /// Claude Code warms its connection up with it.
    case hello
    /// Codex tries a WebSocket first and falls back at once when told to.
    case upgrade
    case unknown
    /// The path exists, with another method.
    case wrongMethod(allowed: String)
  }

  var action: Action
  var dialect: Dialect
  /// The backend that the path's prefix names.
  var backend: String?

  /// Recognises the endpoint from the parsed request target alone; `Host` decides nothing.
  init(_ head: RequestHead, backends: [Settings.Backend]) {
    let full =
      head.path.utf8.count > 1 && head.path.hasSuffix("/")
      ? head.path.dropLast() : head.path[...]
    self.init(method: head.method, path: full, fields: head.fields)
    guard action == .unknown, let (name, rest) = Self.prefix(of: full, among: backends) else {
      return
    }
    self.init(method: head.method, path: rest, fields: head.fields)
    backend = name
  }

  private init(method: String, path: Substring, fields: HTTPFields) {
    switch path {
    case "/v1/messages": self.init(method, allowing: "POST", .converse, .anthropic)
    case "/v1/messages/count_tokens": self.init(method, allowing: "POST", .countTokens, .anthropic)
    case "/v1/chat/completions": self.init(method, allowing: "POST", .converse, .chat)
    case "/health", "/healthz": self.init(method, allowing: "GET", .health, .chat)
    case "/api/hello": self.init(method, allowing: "HEAD", .hello, .anthropic)
    case "/v1/models": self.init(method, allowing: "GET", .listModels, Self.caller(fields))
    case "/v1/responses" where fields.contains("upgrade"):
      self.init(action: .upgrade, dialect: .chat)
    default:
      if path.hasPrefix("/v1/models/") {
        let id = PercentEncoding.decode(path.dropFirst("/v1/models/".count))
        self.init(method, allowing: "GET", .showModel(id), Self.caller(fields))
      } else {
        let isAnthropic = path.contains("/v1/messages") || fields.contains("anthropic-version")
        self.init(action: .unknown, dialect: isAnthropic ? .anthropic : .chat)
      }
    }
  }

  private init(
    _ method: String, allowing allowed: String, _ action: Action, _ dialect: Dialect
  ) {
    let fits =
      method == allowed || (allowed == "GET" && method == "HEAD")
      || (allowed == "HEAD" && method == "GET")
    self.init(action: fits ? action : .wrongMethod(allowed: allowed), dialect: dialect)
  }

  private init(action: Action, dialect: Dialect) {
    self.action = action
    self.dialect = dialect
  }

  /// The language of a caller on a path that several languages share.
  private static func caller(_ fields: HTTPFields) -> Dialect {
    fields.contains("anthropic-version") || fields.contains("x-api-key") ? .anthropic : .chat
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

enum PercentEncoding {
  /// Resolves `%XX`; what is no escape stays as it stands.
  static func decode(_ text: Substring) -> String {
    var out: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "%"), bytes.count >= 2,
        let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
      {
        out.append(value)
        bytes = bytes.dropFirst(2)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
