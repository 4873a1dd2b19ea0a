internal import Dialects
internal import Transport

/// Where a model can be reached: a backend and the name it has there.
///
/// A class that a snapshot keeps, so that attempts pass one reference along and what follows from
/// the settings alone is worked out once.
final class Deployment: Sendable {
  let backend: Settings.Backend
  let model: String
  /// The language the backend speaks.
  let dialect: Dialect
  /// What the codecs must know of the place.
  let target: Target
  /// A conversation as a request without a body; what depends on the client is added to a copy.
  private let prepared: UpstreamRequest

  init(backend: Settings.Backend, model: String) {
    self.backend = backend
    self.model = model
    dialect = backend.dialect
    target = Target(model: model, at: backend)
    var fields: HTTPFields = ["content-type": "application/json"]
    backend.authorize(&fields)
    prepared = UpstreamRequest(
      url: backend.baseURL + backend.dialect.conversationPath, fields: fields,
      connectTimeout: backend.connectTimeout, firstByteTimeout: backend.firstByteTimeout,
      idleTimeout: backend.idleTimeout, proxy: backend.proxy?.reveal(), caFile: backend.caFile,
      clientCertificate: backend.clientCertificate.flatMap { path in
        backend.clientKey.map { (path, $0) }
      })
  }

  /// The request in the words of HTTP: place, credential, and what travels of the client's headers.
  func request(
    path: String, body: [UInt8], client: HTTPFields, wantsStream: Bool
  ) -> UpstreamRequest {
    var request = prepared
    request.body = body
    if path != conversationPath { request.url = backend.baseURL + path }
    if wantsStream { request.fields.append("accept", "text/event-stream") }
    if backend.forwardClientAuthorization { passAuthorization(of: client, to: &request.fields) }
    if dialect == .anthropic { forwardVendorFields(client, into: &request.fields) }
    for header in backend.extraHeaders { request.fields.set(header.name, header.value.reveal()) }
    return request
  }

  /// The path of a conversation below the base URL.
  var conversationPath: String { dialect.conversationPath }

  private func passAuthorization(of client: HTTPFields, to fields: inout HTTPFields) {
    for name in ["authorization", "x-api-key"] {
      if let value = client.first(name) { fields.append(name, value) }
    }
  }

  /// The version and every `anthropic-*` and `x-claude-code-*` header, known or not.
  private func forwardVendorFields(_ client: HTTPFields, into fields: inout HTTPFields) {
    fields.append(client, beginningWith: "anthropic-", "x-claude-code-")
    if !fields.contains("anthropic-version") { fields.append("anthropic-version", "2023-06-01") }
  }
}

extension Dialect {
  fileprivate var conversationPath: String {
    self == .anthropic ? "/messages" : "/chat/completions"
  }
}

extension Target {
  fileprivate init(model: String, at backend: Settings.Backend) {
    let family = ModelFacts(model)
    let isVendor = backend.isVendor
    self.init(
      model: model, platform: isVendor ? .vendor : .compatible, quirks: backend.targetQuirks,
      usesMaximumCompletionTokens: isVendor || family.isReasoning,
      isReasoningModel: family.isReasoning, acceptsReasoningContent: !isVendor,
      defaultMaximumTokens: family.defaultMaximumTokens)
  }
}

extension Settings.Backend {
  var dialect: Dialect {
    switch kind {
    case .openai, .demo: .chat
    case .anthropic: .anthropic
    }
  }

  /// Adds our own credential, unless the client's goes on in its place.
  fileprivate func authorize(_ fields: inout HTTPFields) {
    guard !forwardClientAuthorization else { return }
    if let token = authToken {
      fields.append("authorization", "Bearer " + token.reveal())
    } else if let key = apiKey {
      if dialect == .anthropic {
        fields.append("x-api-key", key.reveal())
      } else {
        fields.append("authorization", "Bearer " + key.reveal())
      }
    }
  }

  /// Whether the server belongs to the vendor itself, who refuses members it does not know.
  fileprivate var isVendor: Bool {
    baseURL.hasPrefix("https://api.openai.com") || baseURL.hasPrefix("https://api.anthropic.com")
  }

  /// The provider's deviations, with the one that has a setting of its own.
  var targetQuirks: Set<Target.Quirk> {
    omitStreamOptions ? quirks.union([.omitStreamOptions]) : quirks
  }
}

/// What is known of a model by its name alone.
struct ModelFacts: Sendable {
  private let name: Substring

  init(_ model: String) {
    name = model.split(separator: "/").last ?? model[...]
  }

  /// OpenAI's reasoning families: `o1`, `o3-mini`, `gpt-5…`.
  var isReasoning: Bool {
    if name.hasPrefix("gpt-5"), !name.hasPrefix("gpt-5-chat") { return true }
    guard name.first == "o" else { return false }
    let digits = name.dropFirst().prefix { $0.isNumber }
    let rest = name.dropFirst(1 + digits.count)
    return !digits.isEmpty && (rest.isEmpty || rest.first == "-")
  }

  /// An output limit that every model of the family takes.
  var defaultMaximumTokens: Int {
    name.hasPrefix("claude-3-") && !name.hasPrefix("claude-3-7") ? 4096 : 8192
  }
}
