internal import Glibc

/// Reads the clocks for the loop; a test clock stands still.
struct WallClock {
  var fixedMs: Int64?

  func now() -> Moment {
    let monotonic = Self.read(CLOCK_MONOTONIC)
    if let fixedMs { return Moment(monotonicMs: monotonic, wallMs: fixedMs) }
    let wall = Self.read(CLOCK_REALTIME)
    var seconds = time_t(wall / 1000)
    var parts = unsafe tm()
    _ = unsafe localtime_r(&seconds, &parts)
    return unsafe Moment(
      monotonicMs: monotonic, wallMs: wall, utcOffset: Int(parts.tm_gmtoff))
  }

  /// Microseconds of processor time that this thread has used.
  static func threadMicroseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
