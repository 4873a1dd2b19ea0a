internal import ControlPlane
internal import Storage

extension Office {
  func listKeys() async throws(ControlFailure) -> [KeySummary] {
    let usage = try await stored { store throws(StorageFailure) in try await store.keyUsage() }
    let byOwner = Dictionary(usage.map { ($0.owner, $0) }) { first, _ in first }
    return fixedKeys(usage) + keys.map { summary($0, byOwner[$0.owner]) }
  }

  /// The keys of the configuration.
  func fixedKeys(_ usage: [KeyUsage]) -> [KeySummary] {
    house.snapshots.value.settings.callers.staticKeys.map { key in
      let usage = usage.first { $0.owner == "name:" + key.name }
      return KeySummary(
        id: 0, name: key.name, prefix: String(key.secret.masked.prefix(4)), source: "file",
        state: .active, createdAtMs: 0, lastUsedAtMs: usage?.lastUsedAtMs,
        requests: usage?.requests ?? 0, inputTokens: usage?.inputTokens ?? 0,
        outputTokens: usage?.outputTokens ?? 0,
        costMicroDollars: (usage?.costNanoDollars ?? 0) / 1000)
    }
  }

  /// The one key that a name, a number or a prefix means.
  func showKey(_ reference: String) async throws(ControlFailure) -> KeySummary {
    try one(reference, among: try await listKeys())
  }

  func one(_ reference: String, among all: [KeySummary]) throws(ControlFailure) -> KeySummary {
    let exact = all.filter { $0.name == reference && $0.state != .revoked }
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
      let names = found.prefix(20).map { "\($0.id) \($0.name)" }.joined(separator: ", ")
      throw ControlFailure(
        .ambiguous, "`\(reference)` means several keys: \(names)",
        hint: "Name one by its number.")
    }
    return key
  }

  func summary(_ key: StoredKey, _ usage: KeyUsage?) -> KeySummary {
    let now = WallClock.milliseconds()
    let terms = KeyTerms(stored: key.terms)
    let isExpired = key.expiresAtMs.map { $0 <= now } ?? false
    let state: KeyState =
      key.revokedAtMs != nil
      ? .revoked : isExpired ? .expired : key.pausedAtMs != nil ? .paused : .active
    return KeySummary(
      id: key.id, name: key.name, prefix: key.prefix, source: "store", state: state,
      createdAtMs: key.createdAtMs, expiresAtMs: key.expiresAtMs, pausedAtMs: key.pausedAtMs,
      revokedAtMs: key.revokedAtMs,
      previousUntilMs: key.previousUntilMs.flatMap { $0 > now ? $0 : nil },
      lastUsedAtMs: usage?.lastUsedAtMs, requests: usage?.requests ?? 0,
      inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0,
      costMicroDollars: (usage?.costNanoDollars ?? 0) / 1000, note: key.note,
      terms: terms ?? StoredKey.noTerms,
      budgets: terms.map { $0.budgets.isEmpty ? [] : standing(key.owner, $0) } ?? [],
      notes: notes(terms))
  }

  /// What of a key's terms is probably not meant so.
  private func notes(_ terms: KeyTerms?) -> [String] {
    guard let terms else { return ["its terms cannot be read, so it may call nothing"] }
    guard terms != KeyTerms() else { return [] }
    var notes: [String] = []
    if terms.models?.isEmpty == true { notes.append("no model is allowed: `models` is empty") }
    if terms.backends?.isEmpty == true {
      notes.append("no backend is allowed: `backends` is empty")
    }
    if terms.routes?.isEmpty == true { notes.append("no route is allowed: `routes` is empty") }
    let known = Set(house.snapshots.value.settings.backends.map(\.name))
    for name in terms.backends ?? [] where !known.contains(name) {
      notes.append("the configuration has no backend \(name) any more")
    }
    if let whole = terms.tokensPerMinute {
      for (name, part) in [
        ("input", terms.inputTokensPerMinute), ("output", terms.outputTokensPerMinute),
      ] where part.map({ $0 > whole }) ?? false {
        notes.append("the limit of \(name) tokens is never reached: all together are \(whole)")
      }
    }
    return notes
  }
}

extension StoredKey {
  /// What a key may do whose terms cannot be read.
  static let noTerms = KeyTerms(models: [])

  /// The name of the account that it is charged to.
  var owner: String { "key:\(id)" }

  /// What of it an operator edits.
  var card: KeyCard {
    KeyCard(
      name: name, note: note, expiresAtMs: expiresAtMs, isPaused: pausedAtMs != nil,
      terms: KeyTerms(stored: terms) ?? Self.noTerms)
  }
}
