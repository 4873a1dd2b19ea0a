internal import Synchronization

/// The tasks of one loop that answer exchanges, each one at a time.
///
/// A task that has answered waits for the next exchange: to make a task, and the memory in which
/// its calls live, costs several times the waking of one.
final class Answerers: Sendable {
  private typealias Idle = UnsafeContinuation<ServerExchange?, Never>

  @safe
  private struct State {
    var isClosed = false
    var unanswered: [ServerExchange] = []
    var idle: [Idle] = unsafe []
  }

  /// How many tasks may wait; what more there were at once end when they have answered.
  private static let mostIdle = 64

  private let loop: EventLoop
  private let responder: any HTTPResponder
  private let errorBody: ServerOptions.ErrorBody
  private let state = Mutex(State())

  init(
    loop: EventLoop, responder: any HTTPResponder, errorBody: @escaping ServerOptions.ErrorBody
  ) {
    self.loop = loop
    self.responder = responder
    self.errorBody = errorBody
  }

  /// Has an exchange answered, beginning when the loop runs its jobs.
  func answer(_ exchange: ServerExchange) {
    let idle = unsafe state.withLock { state -> Idle? in
      if let idle = unsafe state.idle.popLast() { return unsafe idle }
      state.unanswered.append(exchange)
      return nil
    }
    if let idle = unsafe idle {
      unsafe idle.resume(returning: exchange)
    } else {
      Task(executorPreference: loop) { await self.work() }
    }
  }

  /// Lets the tasks go that wait.
  func close() {
    let idle = unsafe state.withLock { state -> [Idle] in
      state.isClosed = true
      defer { unsafe state.idle = [] }
      return unsafe state.idle
    }
    unsafe idle.forEach { unsafe $0.resume(returning: nil) }
  }

  private func work() async {
    while let exchange = await next() {
      await responder.respond(to: exchange)
      exchange.responderReturned(errorBody)
    }
  }

  /// The next exchange; nothing when the task is one too many.
  private func next() async -> ServerExchange? {
    unsafe await withUnsafeContinuation { (continuation: Idle) in
      let (exchange, waits) = state.withLock { state -> (ServerExchange?, Bool) in
        if let exchange = state.unanswered.popLast() { return (exchange, false) }
        guard !state.isClosed, unsafe state.idle.count < Answerers.mostIdle else {
          return (nil, false)
        }
        unsafe state.idle.append(continuation)
        return (nil, true)
      }
      if !waits { unsafe continuation.resume(returning: exchange) }
    }
  }
}
