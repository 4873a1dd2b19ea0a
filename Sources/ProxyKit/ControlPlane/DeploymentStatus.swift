/// One model at one backend, as far as anything is known of it.
package struct DeploymentStatus: Codable, Sendable, Equatable {
  /// Whether requests flow.
  package enum Circuit: String, Codable, Sendable {
    case closed
    /// It had enough, and said so.
    case cooling
    /// It failed too often.
    case open
    /// One request tries whether it works again.
    case halfOpen = "half_open"
  }

  package var model: String
  package var circuit: Circuit
  /// When it is asked again; absent when it is asked now.
  package var againInMs: Int?
  package var inFlight: Int
  /// The mean time to the first token of streams.
  package var firstTokenMs: Int?
  /// The mean time of whole replies.
  package var wholeReplyMs: Int?
  /// What happened there last, when it was no good.
  package var cause: String?

  package init(
    model: String, circuit: Circuit = .closed, againInMs: Int? = nil, inFlight: Int = 0,
    firstTokenMs: Int? = nil, wholeReplyMs: Int? = nil, cause: String? = nil
  ) {
    self.model = model
    self.circuit = circuit
    self.againInMs = againInMs
    self.inFlight = inFlight
    self.firstTokenMs = firstTokenMs
    self.wholeReplyMs = wholeReplyMs
    self.cause = cause
  }
}
