internal import CUv
internal import Synchronization

/// What fires on a loop, once or again and again, until it is cancelled.
package final class LoopTimer: Sendable, LoopResident {
  private struct State {
    var handle = Address.none
    var isCancelled = false
    var action: (@Sendable () -> Void)?
    var atEnd: (@Sendable () -> Void)?
  }

  private let loop: EventLoop
  private let state: Mutex<State>

  /// `atEnd` runs instead of `action` when the loop stops before.
  init(
    loop: EventLoop, after first: Duration, every interval: Duration?,
    atEnd: (@Sendable () -> Void)? = nil, _ action: @escaping @Sendable () -> Void
  ) {
    self.loop = loop
    state = Mutex(State(action: action, atEnd: atEnd))
    let first = first.wholeMilliseconds
    let interval = interval.map { max(1, $0.wholeMilliseconds) } ?? 0
    loop.perform { self.start(first: first, interval: interval) }
  }

  /// Ends it; the action does not run again.
  package func cancel() {
    let wasActive = state.withLock { state in
      defer {
        state.isCancelled = true
        state.action = nil
        state.atEnd = nil
      }
      return !state.isCancelled
    }
    if wasActive { loop.perform { self.closeHandle() } }
  }

  func loopEnds() {
    let atEnd = state.withLock { $0.atEnd }
    cancel()
    atEnd?()
  }

  private func start(first: UInt64, interval: UInt64) {
    guard let uv = unsafe loop.handle else { return }
    guard !state.withLock({ $0.isCancelled }) else { return }
    let timer = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
    unsafe uv_timer_init(uv, timer)
    unsafe timer.pointee.data = Unmanaged.passRetained(self).toOpaque()
    state.withLock { $0.handle = unsafe Address(timer) }
    loop.adopt(self)
    unsafe uv_timer_start(
      timer,
      { handle in
        guard let owner = unsafe handle?.pointee.data else { return }
        unsafe Unmanaged<LoopTimer>.fromOpaque(owner).takeUnretainedValue().fire()
      }, first, interval)
  }

  private func fire() {
    state.withLock { $0.action }?()
  }

  private func closeHandle() {
    let address = state.withLock { state in
      defer { state.handle = .none }
      return state.handle
    }
    guard let handle = unsafe address.pointer(to: uv_handle_t.self) else { return }
    loop.dismiss(self)
    unsafe uv_close(handle) { handle in
      guard let handle = unsafe handle else { return }
      if let owner = unsafe handle.pointee.data {
        unsafe Unmanaged<LoopTimer>.fromOpaque(owner).release()
      }
      unsafe handle.deallocate()
    }
  }
}

extension EventLoop {
  /// Runs `action` on the loop again and again until the timer is cancelled.
  package func every(
    _ interval: Duration, _ action: @escaping @Sendable () -> Void
  ) -> LoopTimer {
    LoopTimer(loop: self, after: interval, every: interval, action)
  }

  /// Waits, on the loop; returns early when the task is cancelled or the loop stops.
  package func sleep(for duration: Duration) async {
    let alarm = Sleeper()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        alarm.arm(continuation)
        let timer = LoopTimer(loop: self, after: duration, every: nil, atEnd: alarm.ring) {
          alarm.ring()
        }
        alarm.use(timer)
      }
    } onCancel: {
      alarm.ring()
    }
  }
}

/// Wakes one sleeper, once, whoever rings first.
private final class Sleeper: Sendable {
  private struct State {
    var sleeper: CheckedContinuation<Void, Never>?
    var timer: LoopTimer?
    var hasRung = false
  }

  private let state = Mutex(State())

  func arm(_ sleeper: CheckedContinuation<Void, Never>) {
    let tooLate = state.withLock { state in
      if state.hasRung { return true }
      state.sleeper = sleeper
      return false
    }
    if tooLate { sleeper.resume() }
  }

  func use(_ timer: LoopTimer) {
    let tooLate = state.withLock { state in
      if !state.hasRung { state.timer = timer }
      return state.hasRung
    }
    if tooLate { timer.cancel() }
  }

  @Sendable func ring() {
    let (sleeper, timer) = state.withLock { state in
      defer {
        state.hasRung = true
        state.sleeper = nil
        state.timer = nil
      }
      return (state.sleeper, state.timer)
    }
    timer?.cancel()
    sleeper?.resume()
  }
}

extension Duration {
  /// Rounded up, so that nothing ends too early.
  var wholeMilliseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < 1 << 50 else { return 1 << 60 }
    return UInt64(seconds) * 1000
      + UInt64((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
