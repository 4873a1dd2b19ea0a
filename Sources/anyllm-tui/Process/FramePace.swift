/// How often frames are drawn: less often while the terminal is slow to take them.
struct FramePace {
  private static let slowMs: Int64 = 50
  private static let recoveryMs: Int64 = 2000

  private let quickestMs: Int64
  private var slowness = 0
  private var lastSlowMs: Int64 = 0

  init(framesPerSecond: Int) {
    quickestMs = 1000 / Int64(max(1, framesPerSecond))
  }

  /// The least time between two frames; at most a second.
  var frameMs: Int64 { min(1000, quickestMs << slowness) }

  /// One late frame may be the machine's fault; three are the terminal's.
  var isSlow: Bool { slowness >= 3 }

  mutating func frameTook(milliseconds: Int64, at nowMs: Int64) {
    guard milliseconds > Self.slowMs else { return }
    slowness = min(slowness + 1, 6)
    lastSlowMs = nowMs
  }

  /// Speeds up again after a while without a slow frame; true when that changed something.
  mutating func recover(at nowMs: Int64) -> Bool {
    guard slowness > 0, nowMs - lastSlowMs >= Self.recoveryMs else { return false }
    lastSlowMs = nowMs
    slowness -= 1
    return true
  }

  mutating func forget() { slowness = 0 }
}
