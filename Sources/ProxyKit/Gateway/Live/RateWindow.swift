/// How much came in each of the last seconds; a value to be kept under its owner's lock.
struct RateWindow: Sendable {
  private var buckets: [Int32]
  /// The second, counted from the clock's start, that the last bucket holds.
  private var newest: Int64 = 0

  init(seconds: Int = 4) {
    buckets = Array(repeating: 0, count: seconds)
  }

  mutating func add(_ amount: Int, at now: ContinuousClock.Instant) {
    guard amount > 0 else { return }
    let second = Self.second(of: now)
    advance(to: second)
    buckets[Int(second % Int64(buckets.count))] += Int32(clamping: amount)
  }

  /// The mean of the last whole seconds and the running one, per second.
  mutating func perSecond(over seconds: Int, at now: ContinuousClock.Instant) -> Double {
    let values = series(at: now).suffix(seconds)
    guard !values.isEmpty else { return 0 }
    return values.reduce(0, +) / Double(values.count)
  }

  /// One value a second, oldest first, without the second that is still running.
  mutating func series(at now: ContinuousClock.Instant) -> [Double] {
    let second = Self.second(of: now)
    advance(to: second)
    let size = Int64(buckets.count)
    return (1..<size).map { Double(buckets[Int((second + $0) % size)]) }
  }

  private mutating func advance(to second: Int64) {
    guard second > newest else { return }
    let size = Int64(buckets.count)
    for passed in max(newest + 1, second - size + 1)...second { buckets[Int(passed % size)] = 0 }
    newest = second
  }

  /// A day before the first use, so that no moment that is counted lies before it.
  private static let epoch = ContinuousClock.now - .seconds(86_400)

  private static func second(of now: ContinuousClock.Instant) -> Int64 {
    (now - epoch).components.seconds + 1
  }
}
