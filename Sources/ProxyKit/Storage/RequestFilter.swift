/// Which exchanges of the request log are asked for; absent members ask for nothing.
package struct RequestFilter: Sendable, Equatable {
  package var keyName: String?
  package var backend: String?
  /// Matches the model that was asked for and the one that was sent.
  package var model: String?
  package var session: String?
  /// Only exchanges with a status of 400 and above, or with an error.
  package var onlyFailures: Bool

  package init(
    keyName: String? = nil, backend: String? = nil, model: String? = nil,
    session: String? = nil, onlyFailures: Bool = false
  ) {
    self.keyName = keyName
    self.backend = backend
    self.model = model
    self.session = session
    self.onlyFailures = onlyFailures
  }
}

/// A page of the request log, newest first.
package struct RequestPage: Sendable, Equatable {
  package var requests: [RecordedExchange]
  /// Ask with `before` this for the next page; absent at the end of the log.
  package var next: Int64?

  package init(requests: [RecordedExchange], next: Int64?) {
    self.requests = requests
    self.next = next
  }
}
