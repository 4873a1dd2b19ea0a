/// One rule that turns a client's model name into what serves it.
package struct MappingRule: Sendable, Equatable {
  package var pattern: ModelPattern
  package var destination: RouteTarget
  package var source: Source
  /// Where the file says so.
  package var line: Int?

  package init(
    pattern: ModelPattern, to destination: RouteTarget, source: Source, line: Int? = nil
  ) {
    self.pattern = pattern
    self.destination = destination
    self.source = source
    self.line = line
  }

  package init(
    pattern: ModelPattern, backend: String, model: String? = nil, source: Source,
    line: Int? = nil
  ) {
    self.init(
      pattern: pattern, to: .parts([.init(backend, model: model)]), source: source, line: line)
  }

  /// Who made the rule.
  package enum Source: String, Sendable {
    case file, environment, `default`, runtime
  }

  /// `backend:model`, `backend` when the name stays, or whatever else the rule leads to.
  package var target: String { destination.text }
}
