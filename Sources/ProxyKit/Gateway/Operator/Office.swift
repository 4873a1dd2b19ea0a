internal import ControlPlane
internal import Dialects
internal import Storage
internal import Synchronization
internal import Transport

/// Where every change of the running gateway is made: one at a time, persisted, audited, and put
/// into force by one swap of the snapshot.
actor Office {
  private let house: House
  private let store: Store
  private let secret: [UInt8]
  private let configuration: @Sendable (_ hasStoredKeys: Bool) -> LoadedConfiguration
  private var keys: [StoredKey]
  private var overlay: MappingOverlay

  init(
    house: House, store: Store, secret: [UInt8], keys: [StoredKey], overlay: MappingOverlay,
    configuration: @escaping @Sendable (Bool) -> LoadedConfiguration
  ) {
    self.house = house
    self.store = store
    self.secret = secret
    self.keys = keys
    self.overlay = overlay
    self.configuration = configuration
  }

  // MARK: Keys

  func listKeys() async throws(ControlFailure) -> [KeySummary] {
    let usage = try await stored { store throws(StorageFailure) in try await store.keyUsage() }
    let now = WallClock.milliseconds()
    let kept = keys.map { key in summary(key, usage.first { $0.keyID == key.id }, now) }
    let fixed = house.snapshots.value.settings.callers.staticKeys.map { key in
      summary(key, usage.first { $0.keyID == nil && $0.keyName == key.name })
    }
    return fixed + kept
  }

  /// The one key that a name, a number or a prefix means.
  func showKey(_ reference: String) async throws(ControlFailure) -> KeySummary {
    let all = try await listKeys()
    let exact = all.filter { $0.name == reference && $0.state == .active }
    let found =
      !exact.isEmpty
      ? exact
      : all.filter {
        $0.name == reference || ($0.source == "store" && String($0.id) == reference)
          || (reference.utf8.count >= 5 && $0.prefix.hasPrefix(reference))
      }
    guard let key = found.first else {
      throw ControlFailure(
        .notFound, "there is no key `\(reference)`", hint: "`anyllmctl keys list` shows them.")
    }
    guard found.count == 1 else {
      let names = found.map { "\($0.id) \($0.name)" }.joined(separator: ", ")
      throw ControlFailure(
        .ambiguous, "`\(reference)` means several keys: \(names)", hint: "Name one by its number.")
    }
    return key
  }

  func addKey(_ new: NewKey, by actor: String) async throws(ControlFailure) -> IssuedKey {
    let name = new.name
    guard !name.isEmpty, name.utf8.count <= 64,
      name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else {
      throw ControlFailure(
        .invalid, "`\(name)` cannot be a key's name",
        hint: "Use 1 to 64 bytes without spaces and control characters.")
    }
    let fixed = house.snapshots.value.settings.callers.staticKeys
    guard !fixed.contains(where: { $0.name == name }) else {
      throw ControlFailure(
        .conflict, "the configuration has a key `\(name)`", hint: "Choose another name.")
    }
    let now = WallClock.milliseconds()
    if let end = new.expiresAtMs, end <= now {
      throw ControlFailure(
        .invalid, "the key would have expired already", hint: "Give a later time.")
    }
    let key = new.secret ?? "sk-vk" + Hex.text(Digest.randomBytes(32))
    guard key.utf8.count >= 16, key.utf8.count <= 512,
      key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw ControlFailure(
        .invalid, "a key is 16 to 512 visible ASCII characters", hint: "Leave it out to get one.")
    }
    let digest = Digest.hmacSHA256(key: secret, Array(key.utf8))
    let record = try await stored { store throws(StorageFailure) in
      try await store.insertKey(
        name: name, prefix: String(key.prefix(8)), digest: digest, createdAtMs: now,
        expiresAtMs: new.expiresAtMs, note: new.note ?? "")
    }
    keys.append(record)
    try await swapKeys(action: "key.add", target: name, by: actor)
    return IssuedKey(key: key, summary: summary(record, nil, now))
  }

  func revokeKey(_ reference: String, by actor: String) async throws(ControlFailure) -> KeySummary {
    let key = try await showKey(reference)
    guard key.source == "store" else {
      throw ControlFailure(
        .invalid, "key `\(key.name)` stands in the configuration",
        hint: "Remove it there, then `anyllmctl config reload`.")
    }
    let now = WallClock.milliseconds()
    let revoked = try await stored { store throws(StorageFailure) in
      try await store.revokeKey(id: key.id, atMs: now)
    }
    keys = keys.map { $0.id == revoked.id ? revoked : $0 }
    try await swapKeys(action: "key.revoke", target: key.name, by: actor)
    return try await showKey(String(key.id))
  }

  private func swapKeys(
    action: String, target: String, by actor: String
  ) async throws(ControlFailure) {
    let current = house.snapshots.value
    house.snapshots.swap(
      current.next(
        keys: KeyRing(secret: secret, callers: current.settings.callers, stored: keys)))
    try await audit(action, target: target, before: nil, after: nil, by: actor)
  }

  // MARK: Mappings

  func listMappings() -> MappingList {
    let snapshot = house.snapshots.value
    let live = house.board.exchanges.map { $0.with { $0.modelRequested } }
    var counts: [String: Int] = [:]
    for model in live {
      guard let rule = snapshot.settings.mappings.first(where: { $0.pattern.matches(model) }) else {
        continue
      }
      counts[rule.pattern.text, default: 0] += 1
    }
    return MappingList(
      generation: snapshot.generation,
      mappings: snapshot.settings.mappings.map { rule in
        MappingSummary(
          pattern: rule.pattern.text, target: rule.target, source: rule.source.rawValue,
          live: counts[rule.pattern.text] ?? 0)
      })
  }

  func setMapping(
    _ pattern: String, to target: String, ifGeneration: Int?, by actor: String
  ) async throws(ControlFailure) -> MappingChange {
    let settings = house.snapshots.value.settings
    guard !pattern.isEmpty, pattern.utf8.count <= 256,
      pattern.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else {
      throw ControlFailure(
        .invalid, "a pattern has 1 to 256 bytes without spaces and control characters",
        hint: "Such as `claude-*`.")
    }
    _ = try TargetCheck(settings).target(target)
    return try await change(
      pattern, to: target, ifGeneration: ifGeneration, action: "mapping.set", by: actor)
  }

  func unsetMapping(
    _ pattern: String, ifGeneration: Int?, by actor: String
  ) async throws(ControlFailure) -> MappingChange {
    guard rule(pattern) != nil else {
      throw ControlFailure(
        .notFound, "there is no mapping `\(pattern)`",
        hint: "`anyllmctl mappings list` shows them.")
    }
    return try await change(
      pattern, to: nil, ifGeneration: ifGeneration, action: "mapping.unset", by: actor)
  }

  /// Takes the last change back that was not taken back yet, also after a restart.
  func undoMapping(by actor: String) async throws(ControlFailure) -> MappingChange {
    let trail = try await stored { store throws(StorageFailure) in
      try await store.audit(limit: 1000)
    }
    var undone = 0
    for entry in trail where entry.action.hasPrefix("mapping.") {
      if entry.action == "mapping.undo" {
        undone += 1
      } else if undone > 0 {
        undone -= 1
      } else {
        return try await change(
          entry.target, to: entry.before, ifGeneration: nil, action: "mapping.undo", by: actor)
      }
    }
    throw ControlFailure(
      .conflict, "no change of the mappings is left to undo", hint: "`anyllmctl audit list`")
  }

  private func rule(_ pattern: String) -> MappingRule? {
    house.snapshots.value.settings.mappings.first { $0.pattern.text == pattern }
  }

  private func change(
    _ pattern: String, to target: String?, ifGeneration: Int?, action: String, by actor: String
  ) async throws(ControlFailure) -> MappingChange {
    let current = house.snapshots.value
    if let expected = ifGeneration, expected != current.generation {
      throw ControlFailure(
        .conflict, "the mappings are at generation \(current.generation), not \(expected)",
        hint: "Look at them again, then repeat the change.")
    }
    let before = rule(pattern)?.target
    guard before != target else {
      return MappingChange(
        pattern: pattern, before: before, after: target, generation: current.generation,
        changed: false, liveOnOlder: 0)
    }
    var changed = overlay
    changed.set(pattern, to: target, among: current.fileMappings)
    var settings = current.settings
    settings.mappings = changed.applied(
      to: current.fileMappings, defaultBackend: settings.defaultBackend)
    let next = current.next(settings: settings)
    let entry = AuditEntry(
      atMs: WallClock.milliseconds(), actor: actor, action: action, target: pattern,
      before: before, after: target, generation: next.generation)
    let rows = changed.stored
    try await stored { store throws(StorageFailure) in
      try await store.saveOverlay(rows, generation: next.generation, audit: entry)
    }
    overlay = changed
    house.snapshots.swap(next)
    return MappingChange(
      pattern: pattern, before: before, after: target, generation: next.generation,
      changed: true, liveOnOlder: house.board.inFlight)
  }

  // MARK: The configuration

  /// Reads the configuration again; a bad one changes nothing and says why.
  func reload(by actor: String) async throws(ControlFailure) -> ReloadReport {
    let current = house.snapshots.value
    let loaded = configuration(!keys.isEmpty)
    guard let settings = loaded.settings else {
      let problems = loaded.problems.map(\.description)
      house.board.note(["reload refused, the old configuration stays: " + (problems.first ?? "")])
      return ReloadReport(
        generation: current.generation, changed: false, changes: [], problems: problems)
    }
    var merged = settings
    merged.mappings = overlay.applied(
      to: settings.mappings, defaultBackend: settings.defaultBackend)
    let changes = merged.diff(from: current.settings)
    guard !changes.isEmpty else {
      return ReloadReport(
        generation: current.generation, changed: false, changes: [], problems: [])
    }
    let next = current.next(
      settings: merged, fileMappings: settings.mappings,
      keys: KeyRing(secret: secret, callers: settings.callers, stored: keys))
    house.snapshots.swap(next)
    house.board.note(changes.map { "reload: \($0)" })
    try await audit(
      "config.reload", target: "configuration", before: nil,
      after: changes.joined(separator: "; "), by: actor)
    return ReloadReport(generation: next.generation, changed: true, changes: changes, problems: [])
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

  private func stored<Value: Sendable>(
    _ work: @Sendable (Store) async throws(StorageFailure) -> Value
  ) async throws(ControlFailure) -> Value {
    do throws(StorageFailure) {
      return try await work(store)
    } catch {
      throw ControlFailure(error)
    }
  }

  private func summary(_ key: StoredKey, _ usage: KeyUsage?, _ nowMs: Int64) -> KeySummary {
    let isExpired = key.expiresAtMs.map { $0 <= nowMs } ?? false
    return KeySummary(
      id: key.id, name: key.name, prefix: key.prefix, source: "store",
      state: key.revokedAtMs != nil ? .revoked : isExpired ? .expired : .active,
      createdAtMs: key.createdAtMs, expiresAtMs: key.expiresAtMs, revokedAtMs: key.revokedAtMs,
      lastUsedAtMs: usage?.lastUsedAtMs, requests: usage?.requests ?? 0,
      inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0, note: key.note)
  }

  private func summary(_ key: Settings.StaticKey, _ usage: KeyUsage?) -> KeySummary {
    KeySummary(
      id: 0, name: key.name, prefix: String(key.secret.masked.prefix(4)), source: "file",
      state: .active, createdAtMs: 0, lastUsedAtMs: usage?.lastUsedAtMs,
      requests: usage?.requests ?? 0, inputTokens: usage?.inputTokens ?? 0,
      outputTokens: usage?.outputTokens ?? 0)
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

enum Hex {
  /// Two lower-case digits a byte.
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in bytes {
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }
}
