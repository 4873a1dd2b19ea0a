/// A client's request, and for whom it is to be said in other words.
package struct TranslationQuestion: Codable, Sendable, Equatable {
  /// The language that it is in.
  package var from: String
  /// A language, a backend, or `backend:model`; where its model goes when absent.
  package var to: String?
  /// What the path names in languages that have it there.
  package var model: String?
  /// The request, byte for byte.
  package var body: String

  package init(from: String, to: String? = nil, model: String? = nil, body: String) {
    self.from = from
    self.to = to
    self.model = model
    self.body = body
  }
}

/// What would be sent, and what of the request would not.
package struct Translation: Codable, Sendable, Equatable {
  package var from: String
  package var to: String
  /// Absent when only a language was named.
  package var backend: String?
  package var model: String
  /// Whether the client's own bytes are sent, changed only where they must be.
  package var passes: Bool
  package var body: String
  package var losses: [String]
  package var betas: [String]

  package init(
    from: String, to: String, backend: String? = nil, model: String, passes: Bool, body: String,
    losses: [String] = [], betas: [String] = []
  ) {
    self.from = from
    self.to = to
    self.backend = backend
    self.model = model
    self.passes = passes
    self.body = body
    self.losses = losses
    self.betas = betas
  }
}
