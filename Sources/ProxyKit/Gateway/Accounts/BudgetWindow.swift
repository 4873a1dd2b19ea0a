internal import ControlPlane

/// The stretch of time within which a budget holds, in milliseconds since 1970 and in UTC.
struct BudgetWindow: Sendable, Equatable {
  private static let day: Int64 = 86_400_000

  var startMs: Int64
  /// When the budget is whole again; nil for one that never is.
  var endMs: Int64?

  /// The hour, day, week or month that a moment lies in.
  init(_ period: BudgetPeriod, at nowMs: Int64) {
    let today = Self.start(of: Self.day, at: nowMs)
    switch period {
    case .hour: self.init(from: Self.start(of: 3_600_000, at: nowMs), for: 3_600_000)
    case .day: self.init(from: today, for: Self.day)
    case .week:
      // The first day of 1970 was a Thursday.
      let weekday = (today / Self.day + 3) % 7
      self.init(from: today - weekday * Self.day, for: 7 * Self.day)
    case .month:
      let (year, month, day) = CalendarTime.date(days: Int(today / Self.day))
      let start = today - Int64(day - 1) * Self.day
      let next =
        month == 12
        ? CalendarTime.days(year + 1, 1, 1) : CalendarTime.days(year, month + 1, 1)
      self.init(from: start, for: Int64(next) * Self.day - start)
    case .lifetime: self.init(from: 0, for: nil)
    }
  }

  private init(from start: Int64, for length: Int64?) {
    startMs = start
    endMs = length.map { start + $0 }
  }

  private static func start(of length: Int64, at nowMs: Int64) -> Int64 {
    nowMs - (nowMs % length)
  }

  func contains(_ nowMs: Int64) -> Bool {
    nowMs >= startMs && endMs.map { nowMs < $0 } ?? true
  }
}

extension BudgetPeriod {
  /// How long a rolling budget remembers; a month is thirty days.
  var rollingMs: Int64 {
    switch self {
    case .hour: 3_600_000
    case .day: 86_400_000
    case .week: 7 * 86_400_000
    case .month: 30 * 86_400_000
    case .lifetime: .max
    }
  }
}
