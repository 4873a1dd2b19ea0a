/// What a translation must know of the model and the server it writes for.
package struct Target: Sendable, Equatable {
  /// The model's name as the upstream knows it.
  package var model: String
  /// The server is the vendor's own and rejects members it does not know.
  package var isStrict: Bool
  /// The server refuses `stream_options`.
  package var omitsStreamOptions: Bool
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

  package init(
    model: String, isStrict: Bool = false, omitsStreamOptions: Bool = false,
    usesMaximumCompletionTokens: Bool = false, isReasoningModel: Bool = false,
    acceptsReasoningContent: Bool = true, acceptsDocuments: Bool? = nil,
    defaultMaximumTokens: Int = 4096
  ) {
    self.model = model
    self.isStrict = isStrict
    self.omitsStreamOptions = omitsStreamOptions
    self.usesMaximumCompletionTokens = usesMaximumCompletionTokens
    self.isReasoningModel = isReasoningModel
    self.acceptsReasoningContent = acceptsReasoningContent
    self.acceptsDocuments = acceptsDocuments ?? isStrict
    self.defaultMaximumTokens = defaultMaximumTokens
  }
}
