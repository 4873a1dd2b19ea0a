internal import Dialects
internal import Transport

/// Where a model can be reached: a backend and the name it has there.
///
/// A class only so that attempts pass one reference along instead of copying every setting.
final class Deployment: Sendable {
  let backend: Settings.Backend
  let model: String

  init(backend: Settings.Backend, model: String) {
    self.backend = backend
    self.model = model
  }

  /// The language the backend speaks.
  var dialect: Dialect {
    switch backend.kind {
    case .openai, .demo: .chat
    case .anthropic: .anthropic
    }
  }

  var target: Target {
    let family = ModelFacts(model)
    return Target(
      model: model, platform: isVendor ? .vendor : .compatible, quirks: backend.targetQuirks,
      usesMaximumCompletionTokens: isVendor || family.isReasoning,
      isReasoningModel: family.isReasoning, acceptsReasoningContent: !isVendor,
      defaultMaximumTokens: family.defaultMaximumTokens)
  }

  /// The request in the words of HTTP: place, credential, and what travels of the client's headers.
  func request(
    path: String, body: [UInt8], client: HTTPFields, wantsStream: Bool
  ) -> UpstreamRequest {
    var fields = HTTPFields()
    fields.append("content-type", "application/json")
    if wantsStream { fields.append("accept", "text/event-stream") }
    authorize(&fields, client)
    if dialect == .anthropic { forwardVendorFields(client, into: &fields) }
    for header in backend.extraHeaders { fields.set(header.name, header.value.reveal()) }
    return UpstreamRequest(
      url: backend.baseURL + path, fields: fields, body: body,
      connectTimeout: backend.connectTimeout, firstByteTimeout: backend.firstByteTimeout,
      idleTimeout: backend.idleTimeout, proxy: backend.proxy?.reveal(), caFile: backend.caFile,
      clientCertificate: backend.clientCertificate.flatMap { path in
        backend.clientKey.map { (path, $0) }
      })
  }

  /// The path of a conversation below the base URL.
  var conversationPath: String {
    dialect == .anthropic ? "/messages" : "/chat/completions"
  }

  /// Whether the server belongs to the vendor itself, who refuses members it does not know.
  private var isVendor: Bool {
    backend.baseURL.hasPrefix("https://api.openai.com")
      || backend.baseURL.hasPrefix("https://api.anthropic.com")
  }

  private func authorize(_ fields: inout HTTPFields, _ client: HTTPFields) {
    if backend.forwardClientAuthorization {
      for name in ["authorization", "x-api-key"] {
        if let value = client.first(name) { fields.append(name, value) }
      }
      return
    }
    if let token = backend.authToken {
      fields.append("authorization", "Bearer " + token.reveal())
    } else if let key = backend.apiKey {
      if dialect == .anthropic {
        fields.append("x-api-key", key.reveal())
      } else {
        fields.append("authorization", "Bearer " + key.reveal())
      }
    }
  }

  /// The version and every `anthropic-*` and `x-claude-code-*` header, known or not.
  private func forwardVendorFields(_ client: HTTPFields, into fields: inout HTTPFields) {
    for (name, value) in client {
      let lower = name.lowercased()
      if lower.hasPrefix("anthropic-") || lower.hasPrefix("x-claude-code-") {
        fields.append(lower, value)
      }
    }
    if !fields.contains("anthropic-version") { fields.append("anthropic-version", "2023-06-01") }
  }
}

extension Settings.Backend {
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
