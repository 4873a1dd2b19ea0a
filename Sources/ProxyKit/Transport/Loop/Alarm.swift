internal import CUv
internal import Synchronization

/// A timer that is set and cleared again and again; lives on a loop and is used only there.
final class Alarm: Sendable {
  private let handle: Mutex<Address>
  private let action: @Sendable () -> Void

  init?(loop: EventLoop, action: @escaping @Sendable () -> Void) {
    guard let uv = unsafe loop.handle else { return nil }
    self.action = action
    let timer = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
    handle = unsafe Mutex(Address(timer))
    unsafe uv_timer_init(uv, timer)
    unsafe timer.pointee.data = unsafe Unmanaged.passRetained(self).toOpaque()
  }

  /// Rings once after so many milliseconds, whatever was set before.
  func set(milliseconds: UInt64) {
    guard let timer = unsafe handle.withLock({ $0 }).pointer(to: unsafe uv_timer_t.self) else {
      return
    }
    unsafe uv_timer_start(
      timer,
      { handle in
        guard let owner = unsafe handle?.pointee.data else { return }
        unsafe Unmanaged<Alarm>.fromOpaque(owner).takeUnretainedValue().action()
      }, milliseconds, 0)
  }

  /// Does not ring.
  func clear() {
    guard let timer = unsafe handle.withLock({ $0 }).pointer(to: unsafe uv_timer_t.self) else {
      return
    }
    unsafe uv_timer_stop(timer)
  }

  func close() {
    let address = handle.withLock { address in
      defer { address = .none }
      return address
    }
    guard let timer = unsafe address.pointer(to: uv_handle_t.self) else { return }
    unsafe uv_close(timer) { handle in
      guard let handle = unsafe handle else { return }
      if let owner = unsafe handle.pointee.data {
        unsafe Unmanaged<Alarm>.fromOpaque(owner).release()
      }
      unsafe UnsafeMutableRawPointer(handle).deallocate()
    }
  }
}
