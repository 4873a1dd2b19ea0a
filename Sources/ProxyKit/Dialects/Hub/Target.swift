/// What a translation must know of the model and the server it writes for.
package struct Target: Sendable, Equatable {
  /// Who runs the server.
  package enum Platform: String, Sendable {
    /// The vendor itself, who refuses members it does not know.
    case vendor
    case azure, vertex, bedrock
    /// A server that speaks a vendor's language.
    case compatible
  }

  /// A known deviation of a server from the language it claims to speak.
  package enum Quirk: String, Sendable, CaseIterable {
    /// Refuses `stream_options`.
    case omitStreamOptions = "omit_stream_options"
    /// Wants tool-call ids of nine letters and digits.
    case numericToolCallIDs = "numeric_tool_call_ids"
    /// Takes thinking as Google's `thinking_config` member.
    case googleThinking = "google_thinking"
    /// Takes thinking as GLM's `thinking` member, without `reasoning_effort`.
    case glmThinking = "glm_thinking"
    /// Refuses `strict` on tools.
    case noStrictTools = "no_strict_tools"
    /// Refuses `parallel_tool_calls: false`.
    case noSerialTools = "no_serial_tools"
  }

  /// The model's name as the upstream knows it.
  package var model: String {
    didSet { traits = ModelTraits(model: model) }
  }
  private(set) var traits: ModelTraits
  package var platform: Platform
  package var quirks: Set<Quirk>
  /// Name of the output limit on a Chat server.
  package var usesMaximumCompletionTokens: Bool
  /// The model reasons: no sampling parameters, instructions are a `developer` message.
  package var isReasoningModel: Bool
  /// The server reads `reasoning_content` on assistant messages back.
  package var acceptsReasoningContent: Bool
  /// The server reads documents (PDF) in a user's turn.
  package var acceptsDocuments: Bool
  /// Used when a language requires a limit that the client did not give.
  package var defaultMaximumTokens: Int
  /// Who hosts the server, as ``Seal/place`` has it; nil where seals are good everywhere.
  package var place: JSONText?
  /// The server has just refused the thoughts of this conversation: none may be sent to it.
  package var refusesThoughts = false

  package init(
    model: String, platform: Platform = .compatible, quirks: Set<Quirk> = [],
    usesMaximumCompletionTokens: Bool = false, isReasoningModel: Bool = false,
    acceptsReasoningContent: Bool = true, acceptsDocuments: Bool? = nil,
    defaultMaximumTokens: Int = 4096, place: JSONText? = nil
  ) {
    self.model = model
    traits = ModelTraits(model: model)
    self.platform = platform
    self.quirks = quirks
    self.usesMaximumCompletionTokens = usesMaximumCompletionTokens
    self.isReasoningModel = isReasoningModel
    self.acceptsReasoningContent = acceptsReasoningContent
    self.acceptsDocuments = acceptsDocuments ?? (platform != .compatible)
    self.defaultMaximumTokens = defaultMaximumTokens
    self.place = place
  }

  /// The server belongs to a vendor or its host and rejects members it does not know.
  package var isStrict: Bool { platform != .compatible }
  package var omitsStreamOptions: Bool { quirks.contains(.omitStreamOptions) }
}
