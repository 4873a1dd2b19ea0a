/// What the cache of replies holds, and how often it could help.
package struct CacheStatus: Codable, Sendable, Equatable {
  package var enabled: Bool
  /// Among whom replies are given again.
  package var scope: String
  package var entries: Int
  package var bytes: Int
  package var bytesLimit: Int
  package var hits: Int
  /// Among the hits, those that waited for the reply of another request.
  package var shared: Int
  package var misses: Int
  package var stored: Int
  package var evicted: Int
  /// How many replies a clearing threw away; nil when nothing was cleared.
  package var cleared: Int?

  package init(
    enabled: Bool, scope: String, entries: Int = 0, bytes: Int = 0, bytesLimit: Int = 0,
    hits: Int = 0, shared: Int = 0, misses: Int = 0, stored: Int = 0, evicted: Int = 0,
    cleared: Int? = nil
  ) {
    self.enabled = enabled
    self.scope = scope
    self.entries = entries
    self.bytes = bytes
    self.bytesLimit = bytesLimit
    self.hits = hits
    self.shared = shared
    self.misses = misses
    self.stored = stored
    self.evicted = evicted
    self.cleared = cleared
  }
}
