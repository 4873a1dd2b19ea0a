extension Settings {
  /// Which replies are kept to be given again, and for how long.
  package struct Cache: Sendable, Equatable {
    package var isOn = false
    /// How long a reply is good when its request does not say.
    package var ttl: Duration = .seconds(300)
    /// The longest that a request may ask for.
    package var longestTTL: Duration = .seconds(86_400)
    /// Of all replies together.
    package var bytes = 64 << 20
    /// Of one reply.
    package var entryBytes = 1 << 20
    package var scope = Scope.caller
    /// Whether replies are kept that would be others each time they are asked for.
    package var keepsSampled = false

    package init() {}

    /// Among whom a reply is given again.
    package enum Scope: String, Sendable, CaseIterable {
      /// Each caller has a cache of its own.
      case caller
      /// Those whose terms name the same owner share one.
      case owner
      case everyone
    }
  }
}

extension Settings.Cache {
  /// What changed of it.
  func changes(from old: Settings.Cache) -> [String] {
    var changes: [String] = []
    func note(_ what: String, _ now: String, _ before: String) {
      if now != before { changes.append("cache.\(what) changed from \(before) to \(now)") }
    }
    note("enabled", "\(isOn)", "\(old.isOn)")
    note("ttl", "\(ttl)", "\(old.ttl)")
    note("longest_ttl", "\(longestTTL)", "\(old.longestTTL)")
    note("bytes", "\(bytes)", "\(old.bytes)")
    note("entry_bytes", "\(entryBytes)", "\(old.entryBytes)")
    note("scope", scope.rawValue, old.scope.rawValue)
    note("sampled", "\(keepsSampled)", "\(old.keepsSampled)")
    return changes
  }
}
