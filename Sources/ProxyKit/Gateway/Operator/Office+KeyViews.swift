internal import ControlPlane
internal import Storage

/// A key of either kind, as a reference finds it.
enum FoundKey {
  case stored(StoredKey)
  case fixed(Settings.StaticKey)

  var owner: String {
    switch self {
    case .stored(let key): key.owner
    case .fixed(let key): Caller.Proof.staticKey.owner(key.name)
    }
  }

  /// As a list of candidates shows it.
  fileprivate var words: String {
    switch self {
    case .stored(let key): "\(key.id) \(key.name)"
    case .fixed(let key): key.name
    }
  }
}

extension Office {
  /// Every key with what it used, those of the configuration first.
  func listKeys(_ state: KeyState? = nil) async throws(ControlFailure) -> [KeySummary] {
    let now = WallClock.milliseconds()
    let past = try await pastUse(of: nil, at: now)
    let fixed = house.snapshots.value.settings.callers.staticKeys.map { FoundKey.fixed($0) }
    let stored = keys.map { FoundKey.stored($0) }
    return (fixed + stored).compactMap { key in
      guard state == nil || state == self.state(of: key, now) else { return nil }
      return summary(key, past, now)
    }
  }

  /// The one key that a name, a number or a prefix means.
  func showKey(_ reference: String) async throws(ControlFailure) -> KeySummary {
    let key = try find(reference)
    let now = WallClock.milliseconds()
    return summary(key, try await pastUse(of: key.owner, at: now), now)
  }

  func find(_ reference: String) throws(ControlFailure) -> FoundKey {
    let fixed = house.snapshots.value.settings.callers.staticKeys
    var found =
      fixed.filter { $0.name == reference }.map { FoundKey.fixed($0) }
      + keys.filter { $0.name == reference && $0.revokedAtMs == nil }.map { FoundKey.stored($0) }
    if found.isEmpty {
      let isLong = reference.utf8.count >= 5
      found =
        fixed.filter { isLong && Self.prefix($0).hasPrefix(reference) }.map { FoundKey.fixed($0) }
        + keys.filter {
          $0.name == reference || String($0.id) == reference
            || (isLong && $0.prefix.hasPrefix(reference))
        }.map { FoundKey.stored($0) }
    }
    guard let key = found.first else {
      throw ControlFailure(
        .notFound, "there is no key `\(reference)`", hint: "`anyllmctl keys list` shows them.")
    }
    guard found.count == 1 else {
      let names = found.prefix(20).map(\.words).joined(separator: ", ")
      throw ControlFailure(
        .ambiguous, "`\(reference)` means several keys: \(names)",
        hint: "Name one by its number.")
    }
    return key
  }

  private static func prefix(_ key: Settings.StaticKey) -> String {
    String(key.secret.masked.prefix(4))
  }

  private func state(of key: FoundKey, _ nowMs: Int64) -> KeyState {
    guard case .stored(let key) = key else { return .active }
    if key.revokedAtMs != nil { return .revoked }
    if let end = key.expiresAtMs, end <= nowMs { return .expired }
    return key.pausedAtMs != nil ? .paused : .active
  }

  func summary(_ key: FoundKey, _ past: PastUse, _ nowMs: Int64) -> KeySummary {
    let usage = past.usage[key.owner]
    var summary: KeySummary
    var terms: KeyTerms?
    switch key {
    case .fixed(let fixed):
      terms = fixed.terms
      summary = KeySummary(
        id: 0, name: fixed.name, prefix: Self.prefix(fixed), source: "file", state: .active,
        createdAtMs: 0)
    case .stored(let stored):
      terms = KeyTerms(json: stored.terms)
      summary = KeySummary(
        id: stored.id, name: stored.name, prefix: stored.prefix, source: "store",
        state: state(of: key, nowMs), createdAtMs: stored.createdAtMs,
        expiresAtMs: stored.expiresAtMs, pausedAtMs: stored.pausedAtMs,
        revokedAtMs: stored.revokedAtMs,
        previousUntilMs: stored.previousUntilMs.flatMap { $0 > nowMs ? $0 : nil },
        note: stored.note)
    }
    summary.lastUsedAtMs = usage?.lastUsedAtMs
    summary.requests = usage?.requests ?? 0
    summary.inputTokens = usage?.inputTokens ?? 0
    summary.outputTokens = usage?.outputTokens ?? 0
    summary.costMicroDollars = (usage?.costNanoDollars ?? 0) / 1000
    summary.terms = terms ?? StoredKey.noTerms
    summary.budgets = budgets(of: key.owner, summary.terms, past, nowMs)
    summary.notes = notes(terms)
    return summary
  }

  /// A stored key as it is or would be, with nothing used.
  func summary(_ key: StoredKey) -> KeySummary {
    summary(.stored(key), PastUse(), WallClock.milliseconds())
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
    let settings = house.snapshots.value.settings
    for name in terms.backends ?? [] where settings.backend(named: name) == nil {
      notes.append("the configuration has no backend \(name) any more")
    }
    for name in terms.routes ?? [] where settings.route(named: name) == nil {
      notes.append("the configuration has no route \(name) any more")
    }
    guard let whole = terms.tokensPerMinute else { return notes }
    for (name, part) in [
      ("input", terms.inputTokensPerMinute), ("output", terms.outputTokensPerMinute),
    ] where part.map({ $0 > whole }) ?? false {
      notes.append("the limit of \(name) tokens is never reached: all together are \(whole)")
    }
    return notes
  }
}

extension StoredKey {
  /// What a key may do whose terms cannot be read.
  static let noTerms = KeyTerms(role: .viewer, models: [], backends: [])

  /// The name of the account that it is charged to.
  var owner: String { Caller.Proof.storedKey(id).owner(name) }

  /// What of it an operator edits.
  var card: KeyCard {
    KeyCard(
      name: name, note: note, expiresAtMs: expiresAtMs, isPaused: pausedAtMs != nil,
      terms: KeyTerms(json: terms) ?? Self.noTerms)
  }
}
