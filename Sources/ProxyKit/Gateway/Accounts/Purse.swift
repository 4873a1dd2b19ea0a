internal import ControlPlane

/// What one budget has left: what was spent within its window, and what exchanges in flight have
/// reserved of it.
struct Purse: Sendable {
  private static let buckets: Int64 = 60

  let terms: BudgetTerms
  /// Permits that were given before this one existed reserved nothing here.
  let epoch: Int
  private let pattern: ModelPattern?
  private let spans: Int64?
  private var window: BudgetWindow
  private var ring: [Int64]
  private var newest: Int64
  private var sum: Int64 = 0
  private(set) var reserved: Int64 = 0

  init(_ terms: BudgetTerms, epoch: Int, at nowMs: Int64) {
    self.terms = terms
    self.epoch = epoch
    pattern = terms.model.map { ModelPattern($0) }
    let rolls = terms.isRolling && terms.period != .lifetime
    spans = rolls ? terms.period.rollingMs / Self.buckets : nil
    window = BudgetWindow(terms.period, at: nowMs)
    ring = rolls ? Array(repeating: 0, count: Int(Self.buckets) + 1) : []
    newest = spans.map { nowMs / $0 } ?? 0
  }

  /// The same purse under terms that differ in their limit alone.
  func with(_ terms: BudgetTerms) -> Purse {
    var changed = Purse(terms, epoch: epoch, at: window.startMs)
    changed.window = window
    changed.ring = ring
    changed.newest = newest
    changed.sum = sum
    changed.reserved = reserved
    return changed
  }

  /// In nano-dollars.
  var limit: Int64 {
    let (product, overflows) = terms.limitMicroDollars.multipliedReportingOverflow(by: 1000)
    return overflows ? .max : product
  }

  func covers(_ model: String) -> Bool { pattern?.matches(model) ?? true }

  /// Whether it holds whatever the model is, so that it can refuse before the model is known.
  var coversEverything: Bool { pattern == nil }

  func isLike(_ other: BudgetTerms) -> Bool {
    terms.period == other.period && terms.isRolling == other.isRolling
      && terms.model == other.model
  }

  /// From when on spends matter to it.
  func remembersSince(_ nowMs: Int64) -> Int64 {
    guard let spans else { return BudgetWindow(terms.period, at: nowMs).startMs }
    return (nowMs / spans - Self.buckets) * spans
  }

  mutating func spent(at nowMs: Int64) -> Int64 {
    advance(to: nowMs)
    return sum
  }

  /// Notes what was spent at a moment, which may lie in the past.
  mutating func spend(_ nanoDollars: Int64, at atMs: Int64, now nowMs: Int64) {
    advance(to: nowMs)
    guard let spans else {
      if window.contains(atMs) { sum = sum.addingClamped(nanoDollars) }
      return
    }
    let bucket = min(atMs / spans, newest)
    guard bucket >= newest - Self.buckets else { return }
    ring[Int(bucket % (Self.buckets + 1))] += nanoDollars
    sum = sum.addingClamped(nanoDollars)
  }

  mutating func reserve(_ nanoDollars: Int64) { reserved = reserved.addingClamped(nanoDollars) }

  mutating func release(_ nanoDollars: Int64) { reserved = max(0, reserved - nanoDollars) }

  /// When it is whole again, or in part where it rolls; nil for never.
  func resetsAtMs(_ nowMs: Int64) -> Int64? {
    guard let spans else { return window.endMs }
    for age in 1...(Self.buckets + 1)
    where ring[Int((newest + age) % (Self.buckets + 1))] > 0 {
      return (newest + age) * spans
    }
    return nowMs
  }

  private mutating func advance(to nowMs: Int64) {
    guard let spans else {
      // A clock that was set back does not make a spent budget whole.
      if let end = window.endMs, nowMs >= end {
        window = BudgetWindow(terms.period, at: nowMs)
        sum = 0
      }
      return
    }
    let bucket = nowMs / spans
    guard bucket > newest else { return }
    for passed in max(newest + 1, bucket - Self.buckets)...bucket {
      let place = Int(passed % (Self.buckets + 1))
      sum -= ring[place]
      ring[place] = 0
    }
    newest = bucket
  }
}

extension Int64 {
  fileprivate func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}
