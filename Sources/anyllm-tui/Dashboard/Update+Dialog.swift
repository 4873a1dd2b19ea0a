internal import ControlPlane

extension DashboardModel {
  /// Keys that come this soon after a dialog has opened were meant for what was there before.
  static let dialogDeafMs: Int64 = 150

  mutating func open(_ question: Dialog.Question) {
    dialog = Dialog(question: question, openedAtMs: now.monotonicMs)
  }

  mutating func askToKill() {
    guard let stream = selectedStream else {
      show("kill: no stream is selected")
      return
    }
    guard !stream.state.isOver else {
      show("kill: stream \(ShortIDs.short(stream.id)) has ended")
      return
    }
    open(.kill(stream))
  }

  /// Asks before a backend's state is changed, and the gateway meanwhile what would lead nowhere.
  mutating func askForDuty(_ wanted: (BackendDuty) -> BackendDuty) -> [Effect] {
    guard let backend = selectedBackend else {
      show("drain: no backend is selected")
      return []
    }
    let duty = wanted(backend.duty)
    guard duty != backend.duty else {
      show("\(backend.name) is \(duty.word) already; d enables it")
      return []
    }
    let question = DutyQuestion(backend: backend.name, duty: duty)
    open(.duty(question))
    return duty == .serving ? [] : [.perform(question.command(isTrial: true))]
  }

  mutating func askToQuit() -> [Effect] {
    guard liveStreams > 0 else { return [.quitNow] }
    open(.quit)
    return []
  }

  /// Ctrl-C: ask, then drain, then end at once, when pressed again within three seconds.
  mutating func interrupt() -> [Effect] {
    let isAgain = interrupts.count > 0 && now.monotonicMs - interrupts.lastMs <= 3000
    interrupts = Interrupts(count: isAgain ? interrupts.count + 1 : 1, lastMs: now.monotonicMs)
    if isLeaving { return [.quitNow] }
    switch interrupts.count {
    case 1: return askToQuit()
    case 2:
      dialog = nil
      return [.drainAndQuit]
    default: return [.quitNow]
    }
  }

  /// Only the named letter acts; Enter and the key that opened the dialog do nothing.
  mutating func answerDialog(_ key: Key) -> [Effect] {
    guard let open = dialog else { return [] }
    if key == .control("c"), open.question == .quit { return interrupt() }
    guard now.monotonicMs - open.openedAtMs >= Self.dialogDeafMs else { return [] }
    let opener: Key
    switch open.question {
    case .kill: opener = .character("X")
    case .duty(let question): opener = .character(question.duty == .off ? "D" : "d")
    case .quit: opener = .character("q")
    case .suspend: opener = .control("z")
    }
    if key == .enter || key == opener { return [] }
    dialog = nil
    switch (open.question, key) {
    case (.kill(let stream), .character("y")):
      show("killing \(ShortIDs.short(stream.id))")
      return [.perform(.killRequest(stream.id))]
    case (.duty(let question), .character("y")):
      show("\(question.duty.verb): \(question.backend)")
      return [.perform(question.command(isTrial: false))]
    case (.quit, .character("d")):
      // Asked twice, a drain would end at once; that is what `n` is for.
      guard isLeaving else { return [.drainAndQuit] }
      show("already draining; n quits now")
      return []
    case (.quit, .character("n")): return [.quitNow]
    case (.quit, .character("h")), (.suspend, .character("h")): return [.goHeadless]
    case (.suspend, .character("s")): return [.suspend]
    default:
      show("nothing was done")
      return []
    }
  }
}

extension DutyQuestion {
  func command(isTrial: Bool) -> ControlCommand {
    .routing(
      .setDuty(backend: backend, duty, reason: nil, ifGeneration: nil), isTrial: isTrial)
  }
}
