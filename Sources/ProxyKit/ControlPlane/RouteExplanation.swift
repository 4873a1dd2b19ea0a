/// Why a model goes where it goes, step by step.
package struct RouteExplanation: Codable, Sendable, Equatable {
  package var model: String
  package var generation: Int
  /// The key for which it was asked, if for one.
  package var key: String?
  package var steps: [RouteStep]
  /// The deployment that a request would be sent to now; nil when it would be refused.
  package var deployment: String?
  /// What the client would be told.
  package var refusal: String?

  package init(
    model: String, generation: Int, key: String? = nil, steps: [RouteStep] = [],
    deployment: String? = nil, refusal: String? = nil
  ) {
    self.model = model
    self.generation = generation
    self.key = key
    self.steps = steps
    self.deployment = deployment
    self.refusal = refusal
  }
}

/// One rule or deployment that was looked at.
package struct RouteStep: Codable, Sendable, Equatable {
  package enum Verdict: String, Codable, Sendable {
    case chosen, skipped
    /// Asked only when what stands before it fails.
    case next
  }

  package var verdict: Verdict
  package var subject: String
  package var reason: String

  package init(verdict: Verdict, subject: String, reason: String) {
    self.verdict = verdict
    self.subject = subject
    self.reason = reason
  }
}
