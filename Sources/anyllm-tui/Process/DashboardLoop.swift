internal import ControlPlane
internal import Glibc

/// The main thread while there is a screen: waits, updates the model, draws.
///
/// A terminal that stops reading blocks this thread in its write and nothing else.
final class DashboardLoop {
  /// Why the loop came to its end.
  enum Ending: Equatable {
    case finished(Int32)
    case startFailed([String])
    case headless
    case terminalGone
  }

  private let curses: Curses
  private let terminal: Int32
  private let mailbox: Mailbox
  private let lifecycle: Lifecycle
  private let clock: WallClock
  private var model: DashboardModel
  private(set) var process: (any GatewayProcess)?

  private var ending: Ending?
  private var isDirty = true
  private var lastFrameMs: Int64 = .min / 2
  private var lastSnapshotMs: Int64 = .min / 2
  private var pace: FramePace
  private var emptyReads = 0

  init(
    curses: Curses, terminal: Int32, mailbox: Mailbox, lifecycle: Lifecycle, clock: WallClock,
    model: DashboardModel, framesPerSecond: Int
  ) {
    self.curses = curses
    self.terminal = terminal
    self.mailbox = mailbox
    self.lifecycle = lifecycle
    self.clock = clock
    self.model = model
    pace = FramePace(framesPerSecond: framesPerSecond)
  }

  func run() -> Ending {
    draw(at: clock.now())
    while true {
      wait()
      if let ending { return ending }
      let now = clock.now()
      if now.wallMs / 1000 != model.now.wallMs / 1000 { isDirty = true }
      apply(.clock(now))
      if pace.recover(at: now.monotonicMs) {
        apply(.terminalSpeed(isSlow: pace.isSlow))
        isDirty = true
      }
      readKeys()
      for post in mailbox.take() { take(post) }
      pollSnapshot(at: now)
      if let ending { return ending }
      if isDirty, now.monotonicMs - lastFrameMs >= pace.frameMs { draw(at: now) }
    }
  }

  private var snapshotMs: Int64 { model.hasFocus ? 250 : 1000 }

  private func wait() {
    let now = clock.now()
    var due = lastSnapshotMs + snapshotMs
    if isDirty { due = min(due, lastFrameMs + pace.frameMs) }
    // A word before its time is up, so that the clock in the corner is not late.
    due = min(due, now.monotonicMs + 1000 - now.wallMs % 1000)
    let timeout = Int32(min(1000, max(0, due - now.monotonicMs)))
    var watched = [
      pollfd(fd: terminal, events: Int16(POLLIN), revents: 0),
      pollfd(fd: mailbox.readEnd, events: Int16(POLLIN), revents: 0),
    ]
    guard unsafe poll(&watched, 2, timeout) > 0 else { return }
    if watched[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { ending = .terminalGone }
    isReadable = watched[0].revents & Int16(POLLIN) != 0
  }

  private var isReadable = false

  private func readKeys() {
    guard isReadable else { return }
    isReadable = false
    var count = 0
    // A bound, so that a pasted book cannot keep the screen from being drawn.
    while count < 256, let key = curses.nextKey() {
      apply(.key(key))
      count += 1
    }
    if count > 0 {
      isDirty = true
      emptyReads = 0
    } else {
      emptyReads += 1
      // Readable, and yet nothing to read: the other end is gone.
      if emptyReads > 200 { ending = .terminalGone }
    }
  }

  private func pollSnapshot(at now: Moment) {
    guard now.monotonicMs - lastSnapshotMs >= snapshotMs else { return }
    lastSnapshotMs = now.monotonicMs
    curses.boundCapture()
    guard let process else { return }
    let snapshot = process.snapshot()
    guard snapshot != model.snapshot else { return }
    apply(.snapshot(snapshot))
    isDirty = true
  }

  private func take(_ post: Post) {
    isDirty = true
    switch post {
    case .started(let process):
      self.process = process
      lastSnapshotMs = .min / 2
    case .startFailed(let problems): ending = .startFailed(problems)
    case .answered(let command, let result): apply(.answered(command, result))
    case .message(let text, let isFailure): apply(.message(text, isFailure: isFailure))
    case .drainBegan(let graceMs): apply(.drainBegan(graceMs: graceMs))
    case .resized: resize()
    case .stopRequested: suspend()
    case .continued: curses.repaint()
    case .finished(let code): ending = .finished(code)
    }
  }

  private func apply(_ event: DashboardEvent) {
    for effect in model.update(event) { carryOut(effect) }
  }

  private func carryOut(_ effect: Effect) {
    switch effect {
    case .perform(let command): lifecycle.perform(command, by: "dashboard")
    case .drainAndQuit: lifecycle.drainOrEnd()
    case .quitNow: lifecycle.end()
    case .suspend: suspend()
    case .goHeadless: ending = .headless
    case .repaint: curses.repaint()
    }
  }

  private func resize() {
    guard let size = curses.size(), size != model.size else { return }
    curses.resize(to: size)
    apply(.resized(size))
  }

  private func suspend() {
    let before = clock.now().monotonicMs
    curses.suspend()
    let seconds = (clock.now().monotonicMs - before) / 1000
    pace.forget()
    resize()
    if seconds > 0 {
      apply(
        .message("stopped for \(NumberFormat.age(milliseconds: seconds * 1000))", isFailure: false))
    }
  }

  private func draw(at now: Moment) {
    // The size may have changed since its signal was read; no frame is drawn with an old one.
    resize()
    curses.show(DashboardView.draw(model))
    let took = clock.now().monotonicMs - now.monotonicMs
    lastFrameMs = now.monotonicMs
    isDirty = false
    pace.frameTook(milliseconds: took, at: now.monotonicMs)
    apply(.terminalSpeed(isSlow: pace.isSlow))
  }
}
