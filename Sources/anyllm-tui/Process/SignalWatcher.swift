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
    var set = signals(hasScreen: hasScreen)
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Lets Ctrl-Z stop the process in the ordinary way again, once there is no screen.
  static func releaseJobControl() {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in [SIGTSTP, SIGCONT, SIGWINCH] { unsafe sigaddset(&set, signal) }
    signal(SIGTSTP, SIG_DFL)
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
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

  private static func signals(hasScreen: Bool) -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    var all = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]
    if hasScreen { all += [SIGWINCH, SIGTSTP, SIGCONT] }
    for signal in all { unsafe sigaddset(&set, signal) }
    return set
  }

  private func run() {
    var set = Self.signals(hasScreen: hasScreen)
    var number: Int32 = 0
    while unsafe sigwait(&set, &number) == 0 { take(number) }
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
