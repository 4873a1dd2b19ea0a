internal import ControlPlane

extension House {
  /// What the operator sees of the cache.
  func cacheStatus(cleared: Int? = nil) -> CacheStatus {
    let settings = snapshots.value.settings.cache
    let figures = cache.figures
    return CacheStatus(
      enabled: settings.isOn, scope: settings.scope.rawValue, entries: figures.entries,
      bytes: figures.bytes, bytesLimit: settings.bytes, hits: figures.hits,
      shared: figures.shared, misses: figures.misses, stored: figures.stored,
      evicted: figures.evicted, cleared: cleared)
  }
}
