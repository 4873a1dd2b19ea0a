/// One request as a `ScriptedUpstream` received it.
package struct RecordedRequest: Sendable {
  /// 1 for the first request of the upstream's life.
  package var number: Int
  /// 1 for the first connection; equal numbers mean that the connection was used again.
  package var connection: Int
  package var method: String
  /// Path and query as sent.
  package var target: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  package var arrivedAt: ContinuousClock.Instant

  /// The path without the query.
  package var path: String {
    String(target.prefix { $0 != "?" })
  }

  /// The body as text.
  package var text: String {
    String(decoding: body, as: UTF8.self)
  }

  /// The first header of that name, in any case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// How the answer to a request ended, seen from the upstream.
package enum AnswerEnding: Sendable, Equatable {
  /// The script went through to its last step.
  case answered
  /// The client left first.
  case clientGone(at: ContinuousClock.Instant)
  /// The upstream was stopped first.
  case stopped
}
