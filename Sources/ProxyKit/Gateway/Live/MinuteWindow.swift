/// How much came within the last minute, by the second; a value to be kept under its owner's lock.
///
/// The running second and the sixty before it count, so that no minute is ever too full.
struct MinuteWindow: Sendable {
  private static let size: Int64 = 61

  /// Made with the first amount, for most owners are never asked.
  private var buckets: [Int32] = []
  private var newest: Int64 = 0
  private var sum = 0

  /// An amount may be negative: what was reserved and not needed.
  mutating func add(_ amount: Int, at second: Int64) {
    guard amount != 0 else { return }
    if buckets.isEmpty { buckets = Array(repeating: 0, count: Int(Self.size)) }
    advance(to: second)
    let place = Int(newest % Self.size)
    let before = buckets[place]
    let (added, overflow) = before.addingReportingOverflow(Int32(clamping: amount))
    buckets[place] = overflow ? (amount > 0 ? .max : .min) : added
    sum += Int(buckets[place]) - Int(before)
  }

  mutating func total(at second: Int64) -> Int {
    guard !buckets.isEmpty else { return 0 }
    advance(to: second)
    return max(0, sum)
  }

  /// The seconds until no more than so much is left of what came.
  mutating func seconds(untilAtMost limit: Int, from second: Int64) -> Int {
    guard total(at: second) > limit else { return 0 }
    var left = sum
    for age in 1...Self.size {
      left -= Int(buckets[Int((newest + age) % Self.size)])
      if left <= limit { return Int(age) }
    }
    return Int(Self.size)
  }

  private mutating func advance(to second: Int64) {
    guard second > newest else { return }
    for passed in max(newest + 1, second - Self.size + 1)...second {
      let place = Int(passed % Self.size)
      sum -= Int(buckets[place])
      buckets[place] = 0
    }
    newest = second
  }
}
