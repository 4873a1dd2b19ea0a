/// How much came within the last minute, to the second; a value kept under its owner's lock.
///
/// The running second and the sixty before it count, so that no minute is ever too full.
struct MinuteWindow: Sendable {
  private static let size: Int64 = 61

  private var buckets: [Int] = []
  private var newest: Int64 = 0
  private(set) var sum = 0

  mutating func add(_ amount: Int, atMs nowMs: Int64) {
    guard amount > 0 else { return }
    if buckets.isEmpty { buckets = Array(repeating: 0, count: Int(Self.size)) }
    advance(toMs: nowMs)
    buckets[Int(newest % Self.size)] += amount
    sum += amount
  }

  /// Forgets what is older than a minute.
  mutating func advance(toMs nowMs: Int64) {
    let second = nowMs / 1000
    guard second > newest else { return }
    if sum > 0 {
      for passed in max(newest + 1, second - Self.size + 1)...second {
        let place = Int(passed % Self.size)
        sum -= buckets[place]
        buckets[place] = 0
      }
    }
    newest = second
  }

  /// Seconds until so much has left that less than a limit remains; at least one.
  func seconds(untilBelow limit: Int) -> Int {
    var left = sum
    guard left >= limit, !buckets.isEmpty else { return 1 }
    for age in 1...Self.size {
      left -= buckets[Int((newest + age) % Self.size)]
      if left < limit { return Int(age) }
    }
    return Int(Self.size)
  }
}
