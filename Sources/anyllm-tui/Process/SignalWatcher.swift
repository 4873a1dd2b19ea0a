internal import CNcurses
internal import ControlPlane
internal import Glibc

/// Reads the process' signals on a thread of its own, so that each has one owner and a screen that
/// is stuck cannot hold one back.
final class SignalWatcher: Sendable {
  private let lifecycle: Lifecycle
  private let mailbox: Mailbox
  private let hasScreen: Bool

  private init(_ lifecycle: Lifecycle, _ mailbox: Mailbox, hasScreen: Bool) {
    self.lifecycle = lifecycle
    self.mailbox = mailbox
    self.hasScreen = hasScreen
  }

  /// Blocks the signals for every thread to come; called before any exists.
  static func block(hasScreen: Bool) {
    unsafe withSet(of: signals(hasScreen: hasScreen)) { set in
      _ = unsafe pthread_sigmask(SIG_BLOCK, set, nil)
    }
    signal(SIGPIPE, SIG_IGN)
  }

  /// Lets Ctrl-Z stop the process in the ordinary way again, once there is no screen.
  static func releaseJobControl() {
    signal(SIGTSTP, SIG_DFL)
    unsafe withSet(of: [SIGTSTP, SIGCONT, SIGWINCH]) { set in
      _ = unsafe pthread_sigmask(SIG_UNBLOCK, set, nil)
    }
  }

  static func start(_ lifecycle: Lifecycle, _ mailbox: Mailbox, hasScreen: Bool) {
    let watcher = SignalWatcher(lifecycle, mailbox, hasScreen: hasScreen)
    let box = unsafe Unmanaged.passRetained(watcher).toOpaque()
    var thread = pthread_t()
    unsafe pthread_create(
      &thread, nil,
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<SignalWatcher>.fromOpaque(context).takeRetainedValue().run()
        }
        return nil
      }, box)
  }

  private static func signals(hasScreen: Bool) -> [Int32] {
    [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]
      + (hasScreen ? [SIGWINCH, SIGTSTP, SIGCONT] : [])
  }

  private static func withSet(
    of signals: [Int32], _ use: (UnsafeMutablePointer<sigset_t>) -> Void
  ) {
    unsafe withUnsafeTemporaryAllocation(of: sigset_t.self, capacity: 1) { memory in
      guard let set = memory.baseAddress else { return }
      unsafe sigemptyset(set)
      for signal in signals { unsafe sigaddset(set, signal) }
      unsafe use(set)
    }
  }

  private func run() {
    unsafe Self.withSet(of: Self.signals(hasScreen: hasScreen)) { set in
      var number: Int32 = 0
      while unsafe sigwait(set, &number) == 0 { take(number) }
    }
  }

  private func take(_ number: Int32) {
    switch number {
    case SIGTERM, SIGINT: lifecycle.drainOrEnd()
    case SIGQUIT: lifecycle.end()
    case SIGUSR2: lifecycle.perform(.reload, by: "signal")
    case SIGHUP:
      // With a screen the signal means that the terminal went away, unless it is still there.
      if hasScreen && Self.terminalIsGone() {
        lifecycle.drain()
      } else {
        lifecycle.perform(.reload, by: "signal")
      }
    case SIGWINCH: mailbox.post(.resized)
    case SIGTSTP: mailbox.post(.stopRequested)
    case SIGCONT: mailbox.post(.continued)
    default: break
    }
  }

  static func terminalIsGone() -> Bool {
    var watched = [pollfd(fd: 0, events: 0, revents: 0)]
    guard unsafe poll(&watched, 1, 0) > 0 else { return false }
    return watched[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
  }
}
