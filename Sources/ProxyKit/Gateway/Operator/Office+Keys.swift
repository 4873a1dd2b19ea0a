internal import ControlPlane
internal import Storage
internal import Transport

extension Office {
  /// Carries out a command about keys; a trial says what would be and changes nothing.
  func perform(
    _ command: ControlCommand, isTrial: Bool, by actor: String
  ) async throws(ControlFailure) -> ControlAnswer {
    switch command {
    case .listKeys: return .keys(try await listKeys())
    case .listKeysOf(let state): return .keys(try await listKeys(state))
    case .showKey(let id): return .key(try await showKey(id))
    case .exportKeys: return .keyExport(exportKeys())
    default: break
    }
    await turnstile.enter()
    defer { turnstile.leave() }
    let operation = KeyOperation(isTrial: isTrial, actor: actor)
    switch command {
    case .addKey(let new): return .issuedKey(try await addKey(new, operation))
    case .changeKey(let id, .edit(let patch)):
      return .key(
        try await edit(id, "key.edit", operation) { card throws(ControlFailure) in
          try card.edited(by: patch)
        })
    case .changeKey(let id, .pause): return .key(try await pause(id, true, operation))
    case .changeKey(let id, .resume): return .key(try await pause(id, false, operation))
    case .changeKey(let id, .rotate(let graceMs, let secret)):
      return .issuedKey(try await rotateKey(id, graceMs, secret, operation))
    case .changeKey(let id, .revoke(let kills)):
      return .key(try await revokeKey(id, kills: kills, operation))
    case .undoKey: return .key(try await undoKey(operation))
    case .importKeys(let export): return .keyImport(try await importKeys(export, operation))
    default:
      throw ControlFailure(
        .invalid, "this cannot be tried", hint: "Only changes of keys take `dry_run`.")
    }
  }

  func addKey(
    _ new: NewKey, _ operation: KeyOperation
  ) async throws(ControlFailure) -> IssuedKey {
    let card = KeyCard(
      name: new.name, note: new.note ?? "", expiresAtMs: new.expiresAtMs, terms: new.terms)
    try check(card, of: nil)
    try checkExpiry(card)
    let secret = try Self.checked(new.secret) ?? Self.newSecret()
    var key = StoredKey(
      id: 0, name: card.name, prefix: String(secret.prefix(8)), digest: digest(of: secret),
      createdAtMs: WallClock.milliseconds(), expiresAtMs: card.expiresAtMs, note: card.note,
      terms: card.terms.json)
    try checkDigest(key)
    if operation.isTrial { return IssuedKey(key: "", summary: summary(key)) }
    let entry = entry("key.add", target: card.name, before: nil, after: card.json, operation)
    let fresh = key
    key = try await stored { store throws(StorageFailure) in
      try await store.insertKeys([fresh], audit: entry)[0]
    }
    keys.append(key)
    swapKeys()
    return IssuedKey(key: secret, summary: summary(key))
  }

  private func pause(
    _ reference: String, _ isPaused: Bool, _ operation: KeyOperation
  ) async throws(ControlFailure) -> KeySummary {
    try await edit(reference, isPaused ? "key.pause" : "key.resume", operation) { card in
      var changed = card
      changed.isPaused = isPaused
      return changed
    }
  }

  /// Changes what of a key can be edited; nothing is written where nothing changes.
  func edit(
    _ reference: String, _ action: String, _ operation: KeyOperation,
    _ change: (KeyCard) throws(ControlFailure) -> KeyCard
  ) async throws(ControlFailure) -> KeySummary {
    var key = try storedKey(reference)
    let before = key.card
    let after = try change(before)
    try check(after, of: key)
    if after.expiresAtMs != before.expiresAtMs { try checkExpiry(after) }
    guard after != before else { return try await showKey(String(key.id)) }
    key.name = after.name
    key.note = after.note
    key.expiresAtMs = after.expiresAtMs
    key.terms = after.terms.json
    if after.isPaused != before.isPaused {
      key.pausedAtMs = after.isPaused ? WallClock.milliseconds() : nil
    }
    let entry = entry(
      action, target: before.name, before: before.json, after: after.json, operation)
    return try await save(key, entry, operation)
  }

  private func rotateKey(
    _ reference: String, _ graceMs: Int64, _ own: String?, _ operation: KeyOperation
  ) async throws(ControlFailure) -> IssuedKey {
    var key = try storedKey(reference)
    let now = WallClock.milliseconds()
    let secret = try Self.checked(own) ?? Self.newSecret()
    key.previousDigest = graceMs > 0 ? key.digest : nil
    key.previousUntilMs = graceMs > 0 ? now + graceMs : nil
    let before = key.prefix
    key.digest = digest(of: secret)
    key.prefix = String(secret.prefix(8))
    try checkDigest(key)
    let entry = entry(
      "key.rotate", target: key.name, before: before + "…",
      after: "\(key.prefix)…, the former works for \(graceMs / 1000) s", operation)
    let summary = try await save(key, entry, operation)
    return IssuedKey(key: operation.isTrial ? "" : secret, summary: summary)
  }

  private func revokeKey(
    _ reference: String, kills: Bool, _ operation: KeyOperation
  ) async throws(ControlFailure) -> KeySummary {
    var key = try storedKey(reference, evenRevoked: true)
    if key.revokedAtMs == nil {
      key.revokedAtMs = WallClock.milliseconds()
      let entry = entry(
        "key.revoke", target: key.name, before: key.card.json, after: nil, operation)
      _ = try await save(key, entry, operation)
    }
    if kills, !operation.isTrial {
      for exchange in house.board.exchanges where exchange.with({ $0.keyID }) == key.id {
        exchange.stop(.killed)
      }
    }
    return operation.isTrial ? summary(key) : try await showKey(String(key.id))
  }

  /// Takes the last edit back that was not taken back yet, also after a restart.
  private func undoKey(_ operation: KeyOperation) async throws(ControlFailure) -> KeySummary {
    let trail = try await stored { store throws(StorageFailure) in
      try await store.audit(limit: 1000)
    }
    var undone = 0
    for entry in trail {
      switch entry.action {
      case "key.undo": undone += 1
      case "key.edit", "key.pause", "key.resume":
        guard undone == 0 else {
          undone -= 1
          continue
        }
        guard let before = entry.before.flatMap(KeyCard.init(json:)),
          let after = entry.after.flatMap(KeyCard.init(json:))
        else { continue }
        return try await edit(after.name, "key.undo", operation) { _ in before }
      default: continue
      }
    }
    throw ControlFailure(
      .conflict, "no change of a key is left to undo", hint: "`anyllmctl audit list`")
  }

  /// Writes a key that is stored already and puts it into force, unless it is only tried.
  private func save(
    _ key: StoredKey, _ entry: AuditEntry, _ operation: KeyOperation
  ) async throws(ControlFailure) -> KeySummary {
    if operation.isTrial { return summary(key) }
    try await stored { store throws(StorageFailure) in try await store.saveKey(key, audit: entry) }
    keys = keys.map { $0.id == key.id ? key : $0 }
    swapKeys()
    return try await showKey(String(key.id))
  }

  func swapKeys() {
    let current = house.snapshots.value
    house.snapshots.swap(
      current.next(
        keys: KeyRing(
          secret: secret, callers: current.settings.callers, stored: keys,
          defaultBackend: current.settings.defaultBackend, accounts: house.accounts,
          former: current.keys)))
  }

  func entry(
    _ action: String, target: String, before: String?, after: String?, _ operation: KeyOperation
  ) -> AuditEntry {
    AuditEntry(
      atMs: WallClock.milliseconds(), actor: operation.actor, action: action, target: target,
      before: before, after: after, generation: house.snapshots.value.generation + 1)
  }
}

/// Who changes a key, and whether only to see what would be.
struct KeyOperation: Sendable {
  var isTrial: Bool
  var actor: String
}
