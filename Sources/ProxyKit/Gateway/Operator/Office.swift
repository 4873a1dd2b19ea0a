internal import ControlPlane
internal import Storage
internal import Transport

/// Where every change of the running gateway is made: one at a time, persisted, audited, and put
/// into force by one swap of the snapshot.
actor Office {
  let house: House
  let store: Store
  let secret: [UInt8]
  let configuration: @Sendable (_ hasStoredKeys: Bool) -> LoadedConfiguration
  /// Taken by every change before it looks at what it changes: an actor goes on with another call
  /// while the first waits for the store.
  let turnstile = Turnstile()
  var keys: [StoredKey]
  var overlay: MappingOverlay
  var overrides: SettingsOverrides

  init(
    house: House, store: Store, secret: [UInt8], keys: [StoredKey], overlay: MappingOverlay,
    overrides: SettingsOverrides = SettingsOverrides(),
    configuration: @escaping @Sendable (Bool) -> LoadedConfiguration
  ) {
    self.house = house
    self.store = store
    self.secret = secret
    self.keys = keys
    self.overlay = overlay
    self.overrides = overrides
    self.configuration = configuration
  }

  // MARK: The record of it

  func auditTrail(limit: Int) async throws(ControlFailure) -> [AuditRecord] {
    let trail = try await stored { store throws(StorageFailure) in
      try await store.audit(limit: limit)
    }
    return trail.map {
      AuditRecord(
        atMs: $0.atMs, actor: $0.actor, action: $0.action, target: $0.target, before: $0.before,
        after: $0.after, generation: $0.generation)
    }
  }

  /// Writes a change into the audit trail.
  func audit(
    _ action: String, target: String, before: String?, after: String?, by actor: String
  ) async throws(ControlFailure) {
    let entry = AuditEntry(
      atMs: WallClock.milliseconds(), actor: actor, action: action, target: target,
      before: before, after: after, generation: house.snapshots.value.generation)
    try await stored { store throws(StorageFailure) in try await store.appendAudit(entry) }
  }

  func stored<Value: Sendable>(
    _ work: @Sendable (Store) async throws(StorageFailure) -> Value
  ) async throws(ControlFailure) -> Value {
    do throws(StorageFailure) {
      return try await work(store)
    } catch {
      throw ControlFailure(error)
    }
  }
}

extension ControlFailure {
  init(_ failure: StorageFailure) {
    switch failure.kind {
    case .conflict, .staleGeneration: self.init(.conflict, failure.message)
    case .notFound: self.init(.notFound, failure.message)
    case .invalid: self.init(.invalid, failure.message)
    default: self.init(.failed, failure.message)
    }
  }
}
