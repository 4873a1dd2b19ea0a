internal import Dialects
internal import Transport

/// One way to speak to one model of a backend: the language, the paths, and what is wrapped around
/// both.
enum Surface: Sendable, Equatable {
  case messages
  case chat
  case responses
  case azureChat
  case azureUnversionedChat
  case azureResponses
  case gemini
  case geminiChat
  case vertexGemini
  case vertexMessages
  case vertexChat
  case bedrockInvoke
  case bedrockConverse

  init(_ backend: Settings.Backend, model: String) {
    switch backend.kind {
    case .anthropic: self = .messages
    case .openai, .demo: self = backend.format == .responses ? .responses : .chat
    case .azure:
      let isUnversioned = ["v1", "preview", "latest"].contains(backend.cloud.apiVersion ?? "")
      self =
        backend.format == .responses
        ? .azureResponses : isUnversioned ? .azureUnversionedChat : .azureChat
    case .gemini: self = backend.format == .openai ? .geminiChat : .gemini
    case .vertex: self = Self.vertex(backend.format, model)
    case .bedrock:
      switch backend.format {
      case .invoke: self = .bedrockInvoke
      case .converse: self = .bedrockConverse
      default: self = model.contains("anthropic.") ? .bedrockInvoke : .bedrockConverse
      }
    }
  }

  private static func vertex(_ format: Settings.Backend.Format?, _ model: String) -> Surface {
    switch format {
    case .gemini: .vertexGemini
    case .anthropic: .vertexMessages
    case .openai: .vertexChat
    default:
      model.hasPrefix("claude")
        ? .vertexMessages : model.contains("/") ? .vertexChat : .vertexGemini
    }
  }

  var dialect: Dialect {
    switch self {
    case .messages, .vertexMessages, .bedrockInvoke: .anthropic
    case .chat, .azureChat, .azureUnversionedChat, .geminiChat, .vertexChat: .chat
    case .responses, .azureResponses: .responses
    case .gemini, .vertexGemini: .gemini
    case .bedrockConverse: .converse
    }
  }

  /// The cloud in whose envelope Anthropic's body travels.
  var envelope: AnthropicEnvelope.Cloud? {
    switch self {
    case .vertexMessages: .vertex
    case .bedrockInvoke: .bedrock
    default: nil
    }
  }

  /// Whose column of the table of betas holds; nil where Anthropic's own servers are asked, unless
  /// the operator knows better.
  func betaPlatform(at backend: Settings.Backend) -> BetaPlatform? {
    switch self {
    case .messages where backend.isFoundry: .foundry
    case .messages where !backend.betas.isEmpty: .anthropic
    case .vertexMessages: .vertex
    case .bedrockInvoke: .bedrockInvoke
    case .bedrockConverse: .bedrockConverse
    default: nil
    }
  }

  /// What is wrapped around the language's own stream.
  var framing: StreamFraming { self == .bedrockInvoke ? .invokeFrames : .bare }

  func makeStreamDecoder(hidingUsage: Bool, keepingVisible: Bool) -> any ReplyDecoder {
    framing == .invokeFrames
      ? InvokeReplyDecoder(keepingVisible: keepingVisible)
      : dialect.codec.makeStreamDecoder(hidingUsage: hidingUsage)
  }

  /// How the server announces a stream; what has another type is a whole reply.
  var streamType: String {
    switch self {
    case .bedrockInvoke, .bedrockConverse: "application/vnd.amazon.eventstream"
    default: "text/event-stream"
    }
  }

  /// The path and query of a conversation below the base URL.
  func path(of model: String, apiVersion: String?, streams: Bool) -> String {
    let name = URIEncoding.encode(model)
    switch self {
    case .messages: return "/messages"
    case .chat: return "/chat/completions"
    case .responses: return "/responses"
    case .azureChat:
      return "/openai/deployments/\(name)/chat/completions" + Self.versionQuery(apiVersion)
    case .azureUnversionedChat:
      return "/openai/v1/chat/completions" + Self.previewQuery(apiVersion)
    case .azureResponses: return "/openai/v1/responses" + Self.previewQuery(apiVersion)
    case .gemini: return "/models/\(name)" + Self.geminiAction(streams)
    case .geminiChat: return "/openai/chat/completions"
    case .vertexGemini:
      return "/publishers/google/models/\(name)" + Self.geminiAction(streams)
    case .vertexMessages:
      return "/publishers/anthropic/models/\(name):"
        + (streams ? "streamRawPredict" : "rawPredict")
    case .vertexChat: return "/endpoints/openapi/chat/completions"
    case .bedrockInvoke:
      return "/model/\(name)/" + (streams ? "invoke-with-response-stream" : "invoke")
    case .bedrockConverse:
      return "/model/\(name)/" + (streams ? "converse-stream" : "converse")
    }
  }

  /// The path of the server's own token counter; nil where it has none.
  func countPath(of model: String) -> String? {
    let name = URIEncoding.encode(model)
    switch self {
    case .messages: return "/messages/count_tokens"
    case .responses: return "/responses/input_tokens"
    case .gemini: return "/models/\(name):countTokens"
    case .vertexGemini: return "/publishers/google/models/\(name):countTokens"
    case .vertexMessages: return "/publishers/anthropic/models/count-tokens:rawPredict"
    case .bedrockInvoke, .bedrockConverse: return "/model/\(name)/count-tokens"
    case .chat, .azureChat, .azureUnversionedChat, .azureResponses, .geminiChat, .vertexChat:
      return nil
    }
  }

  /// What only a server that speaks Responses has anything below.
  static let responsesPath = "/responses/"

  /// Where a request that is no conversation goes; nil where it goes nowhere.
  func path(passing path: String, model: String, apiVersion: String?) -> String? {
    let name = URIEncoding.encode(model)
    let isGoogle = path.hasPrefix("/models/")
    if path.hasPrefix(Self.responsesPath), dialect != .responses { return nil }
    switch self {
    case .chat, .responses: return isGoogle ? nil : path
    case .azureChat where !isGoogle:
      return "/openai/deployments/\(name)\(path)" + Self.versionQuery(apiVersion)
    case .azureUnversionedChat where !isGoogle, .azureResponses where !isGoogle:
      return "/openai/v1\(path)" + Self.previewQuery(apiVersion)
    case .geminiChat where !isGoogle: return "/openai" + path
    case .gemini, .geminiChat:
      guard isGoogle, let colon = path.lastIndex(of: ":") else { return nil }
      return "/models/\(name)" + path[colon...]
    default: return nil
    }
  }

  /// Reads a refusal; `errorType` is what Amazon's header says.
  func decodeFailure(status: Int, errorType: String?, _ body: [UInt8]) -> Failure {
    let told =
      envelope == .bedrock
      ? AnthropicEnvelope.openRefusal(status: status, errorType: errorType, body) : body
    return dialect.codec.decodeFailure(status: status, errorType: errorType, told)
  }

  /// The number in the counter's answer.
  func decodeCount(_ bytes: [UInt8]) -> Int? {
    self == .bedrockInvoke
      ? ConverseCount.tokens(in: bytes) : dialect.codec.decodeCount(bytes)
  }

  private static func geminiAction(_ streams: Bool) -> String {
    streams ? ":streamGenerateContent?alt=sse" : ":generateContent"
  }

  /// Azure's last version that was no preview stands in for one that is not given.
  private static func versionQuery(_ apiVersion: String?) -> String {
    "?api-version=" + (apiVersion ?? "2024-10-21")
  }

  private static func previewQuery(_ apiVersion: String?) -> String {
    apiVersion == "preview" ? "?api-version=preview" : ""
  }
}
