internal import ControlPlane
internal import Glibc

/// The main thread when there is no screen: words on stderr, no escape codes.
final class HeadlessLoop {
  private let mailbox: Mailbox
  private let socketPath: String?
  private let clock: WallClock
  private(set) var process: (any GatewayProcess)?
  private var noticesSaid = 0
  private var stateSaid: ServingState?

  init(mailbox: Mailbox, socketPath: String?, clock: WallClock, process: (any GatewayProcess)?) {
    self.mailbox = mailbox
    self.socketPath = socketPath
    self.clock = clock
    self.process = process
  }

  /// Runs until the gateway has ended, and gives back the exit status.
  func run() -> Int32 {
    if let process { announce(process.snapshot()) }
    while true {
      var watched = [pollfd(fd: mailbox.readEnd, events: Int16(POLLIN), revents: 0)]
      unsafe poll(&watched, 1, 1000)
      for post in mailbox.take() {
        if let code = take(post) { return code }
      }
      if let process { report(process.snapshot()) }
    }
  }

  private func take(_ post: Post) -> Int32? {
    switch post {
    case .started(let process):
      self.process = process
      announce(process.snapshot())
    case .startFailed(let problems):
      Report.write(Report.problems(problems))
      return 1
    case .answered(.reload, let result): say(Report.reload(result))
    case .answered(let command, .failure(let failure)): say("\(command.word): \(failure.message)")
    case .message(let text, _): say(text)
    case .drainBegan(let graceMs):
      say("draining: waiting up to \(graceMs / 1000) s for streams in flight")
    case .finished(let code): return code
    case .answered, .resized, .stopRequested, .continued: break
    }
    return nil
  }

  private func announce(_ snapshot: LiveSnapshot) {
    report(snapshot)
    Report.write(Report.ready(snapshot, socketPath: socketPath))
  }

  /// Says what is new since the last look.
  private func report(_ snapshot: LiveSnapshot) {
    for notice in snapshot.notices.dropFirst(noticesSaid) { say(notice) }
    noticesSaid = snapshot.notices.count
    if let before = stateSaid, before != snapshot.state {
      say("\(before.rawValue) -> \(snapshot.state.rawValue)")
    }
    stateSaid = snapshot.state
  }

  private func say(_ text: String) {
    let now = clock.now()
    let time = NumberFormat.time(milliseconds: now.wallMs, utcOffset: now.utcOffset)
    Report.write("\(time) \(Report.clean(text))")
  }
}
