/// One rule that turns a client's model name into a backend and its model.
package struct MappingRule: Sendable, Equatable {
  package var pattern: ModelPattern
  package var backend: String
  /// Nil keeps the client's name, or takes the backend's big or small model for its family.
  package var model: String?
  package var source: Source
  /// Where the file says so.
  package var line: Int?

  package init(
    pattern: ModelPattern, backend: String, model: String? = nil, source: Source,
    line: Int? = nil
  ) {
    self.pattern = pattern
    self.backend = backend
    self.model = model
    self.source = source
    self.line = line
  }

  /// Who made the rule.
  package enum Source: String, Sendable {
    case file, environment, `default`, runtime
  }

  /// `backend:model`, or `backend` when the name stays.
  package var target: String {
    guard let model else { return backend }
    return "\(backend):\(model)"
  }

  /// The two halves of a target as it is written; nil when it names nothing.
  ///
  /// Only the first colon separates, because models such as `llama3:8b` have their own.
  package static func parse(
    target: String, defaultBackend: String
  ) -> (backend: String, model: String?)? {
    let parts = target.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first else { return nil }
    let backend = first.isEmpty ? defaultBackend : String(first)
    guard parts.count == 2 else { return first.isEmpty ? nil : (backend, nil) }
    return parts[1].isEmpty ? nil : (backend, String(parts[1]))
  }
}
