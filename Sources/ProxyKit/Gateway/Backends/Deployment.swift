internal import Dialects
internal import Transport

/// Where a model can be reached: a backend, the name it has there, and the way to speak to it.
///
/// A class that a snapshot keeps, so that attempts pass one reference along and what follows from
/// the settings alone is worked out once.
final class Deployment: Sendable {
  let backend: Settings.Backend
  let model: String
  let surface: Surface
  /// The language the backend speaks.
  let dialect: Dialect
  /// What the codecs must know of the place.
  let target: Target
  /// Whose column of the table of betas holds; nil where everything is sent.
  let betaPlatform: BetaPlatform?
  let betaTable: BetaTable
  /// What is known of it while the gateway runs.
  let station: Station
  /// What its route gives it.
  let limits: DeploymentLimits
  let weight: Int
  /// Whose servers these are, as far as sealed thoughts and prompt caches are concerned.
  let organisation: Substring
  /// Conversations as requests without a body; what depends on the client is added to a copy.
  private let whole: UpstreamRequest
  private let streamed: UpstreamRequest

  init(
    backend: Settings.Backend, model: String, station: Station = Station(),
    limits: DeploymentLimits = DeploymentLimits(), weight: Int = 1
  ) {
    self.backend = backend
    self.model = model
    self.station = station
    self.limits = limits
    self.weight = weight
    organisation = backend.host
    surface = Surface(backend, model: model)
    dialect = surface.dialect
    betaPlatform = surface.betaPlatform(at: backend)
    betaTable = backend.betas.isEmpty ? .standard : BetaTable(overrides: backend.betas)
    target = Target(model: model, at: backend, surface)
    whole = UpstreamRequest(to: backend, surface, model, streams: false)
    streamed = UpstreamRequest(to: backend, surface, model, streams: true)
  }

  /// The request in the words of HTTP: place, credential, and what travels of the client's headers.
  func request(
    _ body: [UInt8], betas: [String], client: HTTPFields, own: HTTPFields = HTTPFields(),
    streams: Bool
  ) -> UpstreamRequest {
    var request = streams ? streamed : whole
    request.body = body
    add(client, own, betas, to: &request.fields)
    return request
  }

  /// The question to the server's own token counter; nil where it has none.
  func countRequest(
    _ body: [UInt8], betas: [String], client: HTTPFields, own: HTTPFields = HTTPFields()
  ) -> UpstreamRequest? {
    guard let path = surface.countPath(of: model) else { return nil }
    var request = whole
    request.url = backend.baseURL + path
    request.body = body
    add(client, own, betas, to: &request.fields)
    return request
  }

  /// A request that is no conversation; nil where the server has no such path.
  func passage(
    to path: String, _ body: [UInt8], client: HTTPFields, own: HTTPFields = HTTPFields()
  ) -> UpstreamRequest? {
    guard
      let place = surface.path(
        passing: path, model: model, apiVersion: backend.cloud.apiVersion)
    else { return nil }
    var request = whole
    request.url = backend.baseURL + place
    request.body = body
    add(client, own, [], to: &request.fields)
    return request
  }

  /// Whether the server may know the completions of before there were messages.
  var servesCompletions: Bool { surface == .chat && backend.kind != .demo }

  /// `own` is the client's own credential, without what opens our gate.
  private func add(
    _ client: HTTPFields, _ own: HTTPFields, _ betas: [String], to fields: inout HTTPFields
  ) {
    if backend.forwardClientAuthorization { fields.append(contentsOf: own) }
    switch surface {
    case .messages: forwardAnthropicFields(client, betas, into: &fields)
    case .vertexMessages where !betas.isEmpty:
      fields.append("anthropic-beta", betas.joined(separator: ","))
    case .responses, .azureResponses:
      fields.append(client, beginningWith: "x-codex-", "openai-beta")
      for name in Self.sessionFields {
        if let value = client.first(name) { fields.append(name, value) }
      }
    default: break
    }
    for header in backend.extraHeaders { fields.set(header.name, header.value.reveal()) }
  }

  /// What Codex says of its session, which its vendor routes by.
  private static let sessionFields = [
    "session_id", "session-id", "thread-id", "originator", "x-client-request-id",
    "x-openai-subagent",
  ]

  /// The version and every `anthropic-*` and `x-claude-code-*` header, known or not.
  private func forwardAnthropicFields(
    _ client: HTTPFields, _ betas: [String], into fields: inout HTTPFields
  ) {
    fields.append(client, beginningWith: "anthropic-", "x-claude-code-")
    // Where a table holds, the list was made by it from all that the client asked for.
    if betaPlatform != nil { fields.remove("anthropic-beta") }
    if !fields.contains("anthropic-version") { fields.append("anthropic-version", "2023-06-01") }
    guard !betas.isEmpty else { return }
    let all = betas + Self.betas(of: fields, besides: betas)
    fields.set("anthropic-beta", all.joined(separator: ","))
  }
}

extension UpstreamRequest {
  fileprivate init(
    to backend: Settings.Backend, _ surface: Surface, _ model: String, streams: Bool
  ) {
    var fields: HTTPFields = ["content-type": "application/json"]
    backend.authorize(&fields)
    if streams { fields.append("accept", surface.streamType) }
    let path = surface.path(
      of: model, apiVersion: backend.cloud.apiVersion, streams: streams)
    self.init(
      url: backend.baseURL + path, fields: fields, connectTimeout: backend.connectTimeout,
      firstByteTimeout: backend.firstByteTimeout, idleTimeout: backend.idleTimeout,
      proxy: backend.proxy?.reveal(), caFile: backend.caFile,
      clientCertificate: backend.clientCertificate.flatMap { path in
        backend.clientKey.map { (path, $0) }
      })
  }
}

extension Target {
  fileprivate init(model: String, at backend: Settings.Backend, _ surface: Surface) {
    let family = ModelFacts(model)
    let platform = backend.platform
    // Vertex's OpenAI surface wants the publisher's name before the model's.
    let name = surface == .vertexChat && !model.contains("/") ? "google/" + model : model
    let quirks = backend.targetQuirks
    let isGoogle = surface == .vertexChat && name.hasPrefix("google/")
    self.init(
      model: name, platform: platform,
      quirks: isGoogle ? quirks.union([.googleThinking]) : quirks,
      usesMaximumCompletionTokens: [.vendor, .azure].contains(platform) || family.isReasoning,
      isReasoningModel: family.isReasoning, acceptsReasoningContent: platform == .compatible,
      defaultMaximumTokens: family.defaultMaximumTokens,
      place: [.chat, .responses].contains(surface.dialect) ? backend.place : nil)
  }
}

extension Settings.Backend {
  /// Adds our own credential, unless the client's goes on in its place.
  ///
  /// What has to be fetched or signed is added when the request is whole.
  fileprivate func authorize(_ fields: inout HTTPFields) {
    guard !forwardClientAuthorization else { return }
    if let token = authToken {
      fields.append("authorization", "Bearer " + token.reveal())
    } else if let key = apiKey {
      switch (kind, format) {
      case (.anthropic, _): fields.append("x-api-key", key.reveal())
      case (.azure, _): fields.append("api-key", key.reveal())
      case (.vertex, _), (.gemini, nil), (.gemini, .native):
        fields.append("x-goog-api-key", key.reveal())
      default: fields.append("authorization", "Bearer " + key.reveal())
      }
    }
  }

  /// Azure's endpoint in Anthropic's language.
  var isFoundry: Bool { baseURL.contains(".services.ai.azure.com") }

  /// The host, as a seal that was made there remembers it.
  fileprivate var place: JSONText {
    Seal.place(ofHost: String(host))
  }

  fileprivate var host: Substring {
    baseURL.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? baseURL[...]
  }

  fileprivate var platform: Target.Platform {
    switch kind {
    case .azure: .azure
    case .vertex: .vertex
    case .bedrock: .bedrock
    case .gemini: format == .openai ? .compatible : .vendor
    case .openai, .anthropic, .demo: isVendor ? .vendor : .compatible
    }
  }

  /// Whether the server belongs to the vendor itself, who refuses members it does not know.
  private var isVendor: Bool {
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
