internal import Dialects
internal import Transport

/// What one request says of the cache, in LiteLLM's words.
struct CacheControls: Sendable, Equatable {
  /// What is kept is not looked at; the new reply is kept.
  var noCache = false
  /// The reply is not kept.
  var noStore = false
  /// How long the reply is kept, in seconds.
  var ttl: Int?
  /// How old a kept reply may be, in seconds.
  var maxAge: Int?
  /// Keeps replies of the same caller apart.
  var namespace = ""
  /// Whether the request itself asks for its reply to be kept.
  var asks = false

  /// The member of the body, which no vendor knows.
  static let members: [StaticString] = ["cache", "cache_ttl_secs"]
  static let field = "x-anyllm-cache"

  private static let longestNamespace = 128
  private static let mostSeconds = 86_400 * 365

  /// Reads the body and the headers; the body's word counts where both speak.
  init(_ body: JSONValue, _ fields: HTTPFields) throws(Failure) {
    for value in fields.all("cache-control") { try read(value, isOurs: false) }
    for value in fields.all(Self.field) { try read(value, isOurs: true) }
    if let seconds = body["cache_ttl_secs"] {
      try set("cache_ttl_secs", .json(seconds))
    }
    guard let cache = body["cache"] else { return }
    guard cache.kind == .object else {
      throw .invalid("cache: must be an object", parameter: "cache")
    }
    for (name, value) in cache.members where !value.isNull {
      try set(name.string, .json(value))
    }
  }

  init() {}

  /// The request's own bytes without what only we understand; nil when nothing of it is there.
  ///
  /// What is no object is not LiteLLM's, and may mean something to a vendor.
  static func removed(from body: JSONValue) -> [UInt8]? {
    let isThere = body.member("cache").map { $0.kind == .object || $0.isNull } ?? false
    guard isThere || body.member("cache_ttl_secs") != nil else { return nil }
    return JSONMemberEdit(body, removing: isThere ? members : ["cache_ttl_secs"]).bytes
  }

  private enum Given {
    case json(JSONValue)
    case word(String?)

    var flag: Bool? {
      switch self {
      case .json(let value): value.bool
      case .word(let text): text == nil ? true : ["true": true, "false": false][text ?? ""]
      }
    }

    var number: Int? {
      switch self {
      case .json(let value): value.integer
      case .word(let text): text.flatMap { Int($0) }
      }
    }

    var text: String? {
      switch self {
      case .json(let value): value.string
      case .word(let text): text
      }
    }
  }

  /// `no-cache, no-store, ttl=60, s-maxage=10, namespace=x`.
  private mutating func read(_ header: String, isOurs: Bool) throws(Failure) {
    for item in header.split(separator: ",") {
      let parts = item.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
      guard let name = parts.first?.lowercased(), !name.isEmpty else { continue }
      // Of the standard header only what every cache understands.
      guard isOurs || ["no-cache", "no-store"].contains(name) else { continue }
      try set(name, .word(parts.count > 1 ? parts[1] : nil))
    }
  }

  private mutating func set(_ name: String, _ given: Given) throws(Failure) {
    switch name {
    case "no-cache": noCache = try flag(name, given)
    case "no-store": noStore = try flag(name, given)
    case "use-cache": asks = try flag(name, given)
    case "ttl", "cache_ttl_secs":
      let seconds = try seconds(name, given)
      ttl = seconds
      asks = seconds > 0
      if seconds == 0 {
        noCache = true
        noStore = true
      }
    case "s-maxage", "s-max-age": maxAge = try seconds(name, given)
    case "namespace":
      guard let text = given.text, text.utf8.count <= Self.longestNamespace else {
        throw Self.refusal(name, "a text of at most \(Self.longestNamespace) bytes")
      }
      namespace = text
    default: break
    }
  }

  private func flag(_ name: String, _ given: Given) throws(Failure) -> Bool {
    guard let flag = given.flag else { throw Self.refusal(name, "true or false") }
    return flag
  }

  private func seconds(_ name: String, _ given: Given) throws(Failure) -> Int {
    guard let number = given.number, (0...Self.mostSeconds).contains(number) else {
      throw Self.refusal(name, "a whole number of seconds")
    }
    return number
  }

  private static func refusal(_ name: String, _ expected: String) -> Failure {
    let path = name == "cache_ttl_secs" ? name : "cache.\(name)"
    return .invalid("\(path): must be \(expected)", parameter: path)
  }
}
