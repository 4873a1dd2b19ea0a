extension ConfigurationReader {
  private static let cacheKeys = [
    "enabled", "ttl", "longest_ttl", "bytes", "entry_bytes", "scope", "sampled",
  ]

  private static let cacheMeant = [
    "ttl_secs": "ttl", "cache_ttl_secs": "ttl", "max_ttl": "longest_ttl", "size": "bytes",
    "max_bytes": "bytes", "type": "enabled", "on": "enabled", "shared": "scope",
  ]

  /// Reads `cache`; a section that does not say otherwise switches it on.
  mutating func cache(_ root: Section, into draft: inout SettingsDraft) {
    guard let node = root.node("cache") else { return }
    if node.members == nil, node.items == nil {
      if let isOn = value(node, path: "cache", .flag) { draft.settings.cache.isOn = isOn }
      return
    }
    guard
      let section = section(node, path: "cache", knows: Self.cacheKeys, meant: Self.cacheMeant)
    else { return }
    var cache = Settings.Cache()
    cache.isOn = true
    read("enabled", section, .flag) { cache.isOn = $0 }
    read("ttl", section, .duration) { cache.ttl = $0 }
    read("longest_ttl", section, .duration) { cache.longestTTL = $0 }
    read("bytes", section, .byteCount(atLeast: 1 << 16)) { cache.bytes = $0 }
    read("entry_bytes", section, .byteCount(atLeast: 1 << 10)) { cache.entryBytes = $0 }
    read("scope", section, .choice) { cache.scope = $0 }
    read("sampled", section, .flag) { cache.keepsSampled = $0 }
    if cache.ttl > cache.longestTTL {
      findings.refuse(
        "cache.ttl is longer than cache.longest_ttl", at: section.place,
        remedy: "lower the one or raise the other")
    }
    if cache.entryBytes > cache.bytes {
      findings.refuse(
        "cache.entry_bytes is larger than cache.bytes, all replies together", at: section.place,
        remedy: "lower the one or raise the other")
    }
    draft.settings.cache = cache
  }
}
