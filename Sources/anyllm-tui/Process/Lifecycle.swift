internal import ControlPlane
internal import Gateway
internal import Glibc
internal import Synchronization

/// Brings the gateway up and down, away from the screen, so that a stuck terminal delays nothing.
///
///     running ──drain──▶ draining ──none left, or time up──▶ ended
///        └──────end────────┴──────────end──────────────────▶ ended
final class Lifecycle: Sendable {
  private enum Phase { case running, draining, ending }

  private struct State {
    var process: (any GatewayProcess)?
    var phase = Phase.running
  }

  private let state = Mutex(State())
  private let mailbox: Mailbox
  private let grace: Duration

  init(mailbox: Mailbox, graceSeconds: Int) {
    self.mailbox = mailbox
    grace = .seconds(graceSeconds)
  }

  func start(_ flags: Flags) {
    Task {
      do throws(StartFailure) {
        let process = try await Launch.start(flags)
        let isWanted = state.withLock { state in
          state.process = process
          return state.phase == .running
        }
        if !isWanted { await process.stop() }
        mailbox.post(.started(process))
      } catch {
        mailbox.post(.startFailed(error.problems))
      }
    }
  }

  /// Drains the first time, and ends at once when asked again.
  func drainOrEnd() {
    if !drain() { end() }
  }

  /// Stops accepting and waits for what is in flight; false when that has begun before.
  @discardableResult
  func drain() -> Bool {
    let (phase, process) = state.withLock { state in
      let before = state.phase
      if before == .running { state.phase = .draining }
      return (before, state.process)
    }
    guard phase == .running else { return false }
    guard let process else {
      finish(0)
      return true
    }
    mailbox.post(.drainBegan(graceMs: Int64(grace.components.seconds) * 1000))
    Task {
      await process.drain(within: grace)
      end()
    }
    return true
  }

  /// Stops the gateway without waiting for the exchanges in flight.
  func end() {
    let (isFirst, process) = state.withLock { state in
      let isFirst = state.phase != .ending
      state.phase = .ending
      return (isFirst, state.process)
    }
    guard isFirst else { return }
    Task {
      // Whatever keeps the gateway from stopping must not keep the process from ending.
      try? await Task.sleep(for: .seconds(5))
      finish(0)
    }
    Task {
      await process?.stop()
      finish(0)
    }
  }

  /// Asks the gateway for something on the operator's behalf and posts its answer.
  func perform(_ command: ControlCommand, by actor: String) {
    guard let process = state.withLock({ $0.process }) else {
      return mailbox.post(.message("the gateway is still starting", isFailure: true))
    }
    Task {
      let result: Result<ControlAnswer, ControlFailure>
      do throws(ControlFailure) {
        result = .success(try await process.perform(command, by: actor))
      } catch {
        result = .failure(error)
      }
      mailbox.post(.answered(command, result))
    }
  }

  private func finish(_ code: Int32) {
    mailbox.post(.finished(code))
    Task {
      // The main thread may be stuck writing to a terminal that nobody reads.
      try? await Task.sleep(for: .seconds(2))
      Curses.abandon()
      _exit(code)
    }
  }
}
