internal import Synchronization

/// The promise of one exchange to bring the reply that others may wait for.
///
/// Letting go of it without a word counts as having none.
final class CacheSlot: Sendable {
  /// Where a reply belongs.
  struct Place: Sendable {
    let key: CacheKey
    let epoch: Int
    let lasting: Duration
    /// Whom others wait for; nil when nobody does.
    var flight: Int?
  }

  private let cache: ReplyCache
  private let place: Place
  private let settings: Settings.Cache
  private let isOpen = Mutex(true)

  init(_ cache: ReplyCache, _ place: Place, _ settings: Settings.Cache) {
    self.cache = cache
    self.place = place
    self.settings = settings
  }

  deinit {
    abandon()
  }

  /// The largest reply that is kept.
  var mostBytes: Int { settings.entryBytes }

  /// Brings the reply.
  func fill(_ reply: CachedReply, nowMs: Int64) {
    settle(reply, nowMs)
  }

  /// There is none that could be shared.
  func abandon() {
    settle(nil, 0)
  }

  private func settle(_ reply: CachedReply?, _ nowMs: Int64) {
    let settles = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    if settles { cache.settle(place, with: reply, settings, nowMs: nowMs) }
  }
}
