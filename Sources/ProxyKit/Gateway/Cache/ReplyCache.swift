internal import Synchronization

/// Replies that are given again to who asks the same once more; the least used go first.
///
/// Of those who ask the same at one time, one goes to the upstream and the others wait for its
/// reply. What goes wrong for the one is not told to the others: they ask for themselves.
final class ReplyCache: Sendable {
  /// What is there for a request.
  enum Found: Sendable {
    case hit(CachedReply)
    /// Nothing: whoever asked gets it from the upstream and fills the slot.
    case lead(CacheSlot)
    /// Somebody is getting it already: nil comes when that one cannot share it.
    case follow(Awaited<CachedReply?>)
    /// Nothing, and nothing is to be kept.
    case miss
  }

  /// What has happened since the start.
  struct Figures: Sendable, Equatable {
    var hits = 0
    /// Among the hits, those that waited for another's reply.
    var shared = 0
    var misses = 0
    var stored = 0
    var evicted = 0
    var entries = 0
    var bytes = 0
  }

  fileprivate struct Entry {
    var reply: CachedReply
    var endsAtMs: Int64
    var older: CacheKey?
    var newer: CacheKey?
  }

  fileprivate struct State {
    var entries: [CacheKey: Entry] = [:]
    var oldest: CacheKey?
    var newest: CacheKey?
    var flights: [CacheKey: (number: Int, waiters: [Awaited<CachedReply?>])] = [:]
    var flightCount = 0
    /// Grows when all is thrown away, so that what was asked before is not kept after.
    var epoch = 0
    var figures = Figures()
  }

  private let state = Mutex(State())

  var figures: Figures { state.withLock { $0.figures } }

  /// Looks for a reply; `mayWait` is false for who has waited in vain.
  func lookup(
    _ key: CacheKey, _ controls: CacheControls, _ settings: Settings.Cache, nowMs: Int64,
    mayWait: Bool = true
  ) -> Found {
    let ttl = controls.ttl.map { Duration.seconds($0) } ?? settings.ttl
    let lasting = min(ttl, settings.longestTTL)
    return state.withLock { state in
      if !controls.noCache, let reply = state.take(key, controls.maxAge, nowMs) {
        state.figures.hits += 1
        return .hit(reply)
      }
      state.figures.misses += 1
      if controls.noStore { return .miss }
      var slot = CacheSlot.Place(key: key, epoch: state.epoch, lasting: lasting)
      // Who wants a new reply, and who has waited in vain, goes alone.
      if controls.noCache || !mayWait {
        return .lead(CacheSlot(self, slot, settings))
      }
      if let flight = state.flights[key] {
        let waiter = Awaited<CachedReply?>()
        state.flights[key] = (flight.number, flight.waiters + [waiter])
        return .follow(waiter)
      }
      state.flightCount += 1
      slot.flight = state.flightCount
      state.flights[key] = (state.flightCount, [])
      return .lead(CacheSlot(self, slot, settings))
    }
  }

  /// Counts a reply that was waited for as the hit that it is.
  func noteShared() {
    state.withLock { state in
      state.figures.misses -= 1
      state.figures.hits += 1
      state.figures.shared += 1
    }
  }

  /// Throws everything away; returns how many replies that were.
  @discardableResult
  func clear() -> Int {
    state.withLock { state in
      let count = state.entries.count
      state.entries = [:]
      state.oldest = nil
      state.newest = nil
      state.epoch += 1
      state.figures.entries = 0
      state.figures.bytes = 0
      return count
    }
  }

  /// Keeps a reply, or nothing, and tells those who wait.
  func settle(
    _ place: CacheSlot.Place, with reply: CachedReply?, _ settings: Settings.Cache, nowMs: Int64
  ) {
    let waiters = state.withLock { state in
      if let reply, place.epoch == state.epoch, reply.weight <= settings.entryBytes {
        state.put(reply, at: place, nowMs)
        while state.figures.bytes > settings.bytes, let oldest = state.oldest {
          state.remove(oldest)
          state.figures.evicted += 1
        }
      }
      guard let flight = place.flight, state.flights[place.key]?.number == flight else {
        return [Awaited<CachedReply?>]()
      }
      return state.flights.removeValue(forKey: place.key)?.waiters ?? []
    }
    for waiter in waiters { waiter.settle(reply) }
  }
}

extension ReplyCache.State {
  /// A reply that is still good, which is now the last to go.
  fileprivate mutating func take(
    _ key: CacheKey, _ maxAge: Int?, _ nowMs: Int64
  ) -> CachedReply? {
    guard let entry = entries[key] else { return nil }
    guard nowMs < entry.endsAtMs else {
      remove(key)
      return nil
    }
    if let maxAge, nowMs - entry.reply.madeAtMs > Int64(maxAge) * 1000 { return nil }
    unlink(key)
    link(key)
    return entry.reply
  }

  fileprivate mutating func put(
    _ reply: CachedReply, at place: CacheSlot.Place, _ nowMs: Int64
  ) {
    if entries[place.key] != nil { remove(place.key) }
    let lasting = Int64(place.lasting / .milliseconds(1))
    entries[place.key] = .init(reply: reply, endsAtMs: nowMs + lasting)
    link(place.key)
    figures.stored += 1
    figures.entries += 1
    figures.bytes += reply.weight
  }

  fileprivate mutating func remove(_ key: CacheKey) {
    unlink(key)
    guard let entry = entries.removeValue(forKey: key) else { return }
    figures.entries -= 1
    figures.bytes -= entry.reply.weight
  }

  /// Takes a reply out of the order of use.
  private mutating func unlink(_ key: CacheKey) {
    guard let entry = entries[key] else { return }
    if let older = entry.older { entries[older]?.newer = entry.newer } else { oldest = entry.newer }
    if let newer = entry.newer { entries[newer]?.older = entry.older } else { newest = entry.older }
    entries[key]?.older = nil
    entries[key]?.newer = nil
  }

  private mutating func link(_ key: CacheKey) {
    entries[key]?.older = newest
    if let newest { entries[newest]?.newer = key } else { oldest = key }
    newest = key
  }
}
