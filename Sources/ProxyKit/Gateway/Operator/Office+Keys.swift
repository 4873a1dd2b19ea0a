internal import ControlPlane
internal import Storage
internal import Transport

extension Office {
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
        keys: KeyRing(
          secret: secret, callers: current.settings.callers, stored: keys,
          defaultBackend: current.settings.defaultBackend, accounts: house.accounts)))
    try await audit(action, target: target, before: nil, after: nil, by: actor)
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
