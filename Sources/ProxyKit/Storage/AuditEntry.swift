/// Who changed what, when.
package struct AuditEntry: Sendable, Equatable {
  package var atMs: Int64
  /// `uid:1000`, `dashboard` or `signal`.
  package var actor: String
  package var action: String
  package var target: String
  package var before: String?
  package var after: String?
  package var generation: Int

  package init(
    atMs: Int64, actor: String, action: String, target: String, before: String? = nil,
    after: String? = nil, generation: Int
  ) {
    self.atMs = atMs
    self.actor = actor
    self.action = action
    self.target = target
    self.before = before
    self.after = after
    self.generation = generation
  }
}

/// One rule that operators laid over the configuration while it ran.
package struct OverlayMapping: Sendable, Equatable {
  package var pattern: String
  /// Absent when the operator removed a rule of the configuration.
  package var target: String?
  package var position: Int

  package init(pattern: String, target: String?, position: Int) {
    self.pattern = pattern
    self.target = target
    self.position = position
  }
}
