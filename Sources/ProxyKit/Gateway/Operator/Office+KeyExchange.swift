internal import ControlPlane
internal import Storage
internal import Transport

extension Office {
  /// What this installation is called in exports: says nothing of its secret.
  private var installation: String {
    Hex.text(Array(Digest.hmacSHA256(key: secret, Array("anyllm installation".utf8)).prefix(8)))
  }

  /// Every key that is not revoked, without its secret.
  func exportKeys() -> KeyExport {
    KeyExport(
      installation: installation,
      keys: keys.filter { $0.revokedAtMs == nil }.map { key in
        PortableKey(
          name: key.name, note: key.note, createdAtMs: key.createdAtMs,
          expiresAtMs: key.expiresAtMs, pausedAtMs: key.pausedAtMs,
          terms: KeyTerms(json: key.terms) ?? StoredKey.noTerms, prefix: key.prefix,
          digest: Hex.text(key.digest), previousDigest: key.previousDigest.map(Hex.text),
          previousUntilMs: key.previousUntilMs)
      })
  }

  /// Takes keys from an export of this installation, or with secrets that the operator brings.
  ///
  /// What cannot be taken is told by name and reason and hinders nothing else.
  func importKeys(
    _ export: KeyExport, _ operation: KeyOperation
  ) async throws(ControlFailure) -> KeyImport {
    if export.keys.contains(where: { $0.digest != nil }), export.installation != installation {
      throw ControlFailure(
        .invalid,
        "these digests were made with another installation's secret, so nothing would open them",
        hint: "Copy the state directory instead, or give each key as `key` in place of `digest`.")
    }
    var report = KeyImport()
    var fresh: [StoredKey] = []
    var index = KeyIndex(keys)
    for portable in export.keys {
      do throws(ControlFailure) {
        if let key = try taken(portable, besides: index) {
          fresh.append(key)
          index.add(key)
          report.added.append(key.name)
        } else {
          report.known.append(portable.name)
        }
      } catch {
        report.refused.append(.init(name: portable.name, reason: "\(error.message). \(error.hint)"))
      }
    }
    guard !fresh.isEmpty, !operation.isTrial else { return report }
    let names = fresh.prefix(50).map(\.name).joined(separator: ", ")
    let entry = entry(
      "key.import", target: "\(fresh.count) keys", before: nil,
      after: fresh.count > 50 ? names + ", …" : names, operation)
    let new = fresh
    keys += try await stored { store throws(StorageFailure) in
      try await store.insertKeys(new, audit: entry)
    }
    swapKeys()
    return report
  }

  /// The key to be stored; nil when it is there already.
  private func taken(
    _ portable: PortableKey, besides index: KeyIndex
  ) throws(ControlFailure) -> StoredKey? {
    let secret = try Self.checked(portable.key)
    let digest = secret.map(digest(of:)) ?? portable.digest.flatMap(Hex.bytes) ?? []
    let previous = portable.previousDigest.flatMap(Hex.bytes)
    guard digest.count == 32, previous?.count ?? 32 == 32 else {
      throw ControlFailure(
        .invalid, "its digest is not 64 hexadecimal digits", hint: "Export it again.")
    }
    let holder = index.byName[portable.name]
    if let holder, holder.id != 0, holder.digest == digest { return nil }
    let card = KeyCard(
      name: portable.name, note: portable.note ?? "", expiresAtMs: portable.expiresAtMs,
      terms: portable.terms ?? KeyTerms())
    try check(card)
    if let holder {
      throw holder.id == 0
        ? ControlFailure(
          .conflict, "its name stands in the list before", hint: "Keep one of the two.")
        : Self.taken(card.name, by: holder)
    }
    guard !([digest] + (previous.map { [$0] } ?? [])).contains(where: index.digests.contains)
    else { throw Self.storedBefore }
    return StoredKey(
      id: 0, name: card.name, prefix: secret.map { String($0.prefix(8)) } ?? portable.prefix ?? "",
      digest: digest, createdAtMs: portable.createdAtMs ?? WallClock.milliseconds(),
      expiresAtMs: card.expiresAtMs, note: card.note, terms: card.terms.json,
      pausedAtMs: portable.pausedAtMs, previousDigest: previous,
      previousUntilMs: portable.previousUntilMs)
  }
}

/// Keys by what may stand only once, for those that come in thousands.
private struct KeyIndex {
  var byName: [String: StoredKey] = [:]
  var digests: Set<[UInt8]> = []

  init(_ keys: [StoredKey]) {
    for key in keys { add(key) }
  }

  mutating func add(_ key: StoredKey) {
    if key.revokedAtMs == nil { byName[key.name] = key }
    digests.insert(key.digest)
    if let previous = key.previousDigest { digests.insert(previous) }
  }
}
