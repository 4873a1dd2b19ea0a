import ControlPlane

extension [CommandSpec] {
  static let cache = [
    CommandSpec(
      path: ["cache", "stats"], summary: "what the cache of replies holds and how often it helps",
      examples: [
        Example("anyllmctl cache stats"),
        Example("anyllmctl cache stats --json | jq .hits"),
      ],
      flags: [CommandTable.watch], exits: [.noGateway], seeAlso: ["cache clear"],
      run: CacheCommands.stats),
    CommandSpec(
      path: ["cache", "clear"], summary: "throw all kept replies away",
      examples: [Example("anyllmctl cache clear")], exits: [.noGateway], seeAlso: ["cache stats"],
      run: CacheCommands.clear),
  ]
}

/// What the `cache` commands do.
enum CacheCommands {
  static func stats(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let cache = try session.ask(.showCache, read)
    let asked = cache.hits + cache.misses
    let share = asked == 0 ? "-" : "\(cache.hits * 100 / asked) %"
    return .details(
      cache, name: cache.enabled ? "on" : "off",
      [
        ("State", Cell(cache.enabled ? "on" : "off")), ("Scope", Cell(cache.scope)),
        ("Replies", Cell("\(cache.entries)")),
        ("Bytes", Cell("\(cache.bytes) of \(cache.bytesLimit)")),
        ("Hits", Cell("\(cache.hits) (\(share)), \(cache.shared) of them waited for")),
        ("Misses", Cell("\(cache.misses)")), ("Kept", Cell("\(cache.stored)")),
        ("Let go", Cell("\(cache.evicted)")),
      ])
  }

  static func clear(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let cache = try session.ask(.clearCache, read)
    let count = cache.cleared ?? 0
    return .change(
      cache, name: "\(count)", [count == 1 ? "1 reply thrown away" : "\(count) replies thrown away"]
    )
  }

  private static func read(_ answer: ControlAnswer) -> CacheStatus? {
    if case .cache(let status) = answer { status } else { nil }
  }
}
