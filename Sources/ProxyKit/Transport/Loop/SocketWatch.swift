internal import CUv
internal import Synchronization

/// Tells when a descriptor can be read or written; lives on a loop and is used only there.
final class SocketWatch: Sendable {
  /// What is waited for, and what happened.
  struct Events: OptionSet {
    let rawValue: Int32

    static let readable = Events(rawValue: Int32(bitPattern: UV_READABLE.rawValue))
    static let writable = Events(rawValue: Int32(bitPattern: UV_WRITABLE.rawValue))
    /// The peer closed its sending half; told even while there is unread data.
    static let disconnected = Events(rawValue: Int32(bitPattern: UV_DISCONNECT.rawValue))
  }

  let descriptor: Int32
  private let handle: Mutex<(address: Address, events: Events)>
  private let action: @Sendable (Events) -> Void

  init?(loop: EventLoop, descriptor: Int32, action: @escaping @Sendable (Events) -> Void) {
    self.descriptor = descriptor
    self.action = action
    let poll = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
    handle = unsafe Mutex((address: Address(poll), events: []))
    guard let uv = unsafe loop.handle, unsafe uv_poll_init(uv, poll, descriptor) == 0 else {
      unsafe poll.deallocate()
      return nil
    }
    unsafe poll.pointee.data = Unmanaged.passRetained(self).toOpaque()
  }

  /// Waits for `events` from now on, and for nothing when there are none.
  func wait(for events: Events) {
    let address = handle.withLock { handle -> Address in
      defer { handle.events = events }
      return handle.events == events ? .none : handle.address
    }
    guard let poll = unsafe address.pointer(to: uv_poll_t.self) else { return }
    if events.isEmpty {
      unsafe uv_poll_stop(poll)
    } else {
      unsafe Self.start(poll, events)
    }
  }

  private static func start(_ poll: UnsafeMutablePointer<uv_poll_t>, _ events: Events) {
    unsafe uv_poll_start(poll, events.rawValue) { handle, status, events in
      guard let owner = unsafe handle?.pointee.data else { return }
      let watch = unsafe Unmanaged<SocketWatch>.fromOpaque(owner).takeUnretainedValue()
      guard status < 0 else {
        watch.action(Events(rawValue: events))
        return
      }
      // An error shows itself to whoever reads or writes, after what came before it.
      watch.goOn()
      watch.action([.readable, .writable])
    }
  }

  /// Waits again for the same, since libuv stops waiting when it reports an error.
  private func goOn() {
    let (address, events) = handle.withLock { $0 }
    guard let poll = unsafe address.pointer(to: uv_poll_t.self), !events.isEmpty else { return }
    unsafe Self.start(poll, events)
  }

  /// Lets go of the descriptor, which the caller may then close.
  func close() {
    let address = handle.withLock { handle in
      defer { handle.address = .none }
      return handle.address
    }
    guard let poll = unsafe address.pointer(to: uv_handle_t.self) else { return }
    unsafe uv_close(poll) { handle in
      guard let handle = unsafe handle else { return }
      if let owner = unsafe handle.pointee.data {
        unsafe Unmanaged<SocketWatch>.fromOpaque(owner).release()
      }
      // `uv_handle_t` begins every handle; the memory was allocated as the whole one.
      unsafe UnsafeMutableRawPointer(handle).deallocate()
    }
  }
}
