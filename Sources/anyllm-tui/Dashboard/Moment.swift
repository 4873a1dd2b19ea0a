/// A point in time as the loop read it, so that nothing below the loop looks at a clock.
struct Moment: Equatable {
  /// Counts up steadily; only differences mean anything.
  var monotonicMs: Int64
  /// Milliseconds since 1970.
  var wallMs: Int64
  /// Seconds that local time is ahead of UTC.
  var utcOffset = 0
}
