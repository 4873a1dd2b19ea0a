/// A vendor on loopback that answers by script, misbehaves on demand and remembers what it was
/// asked.
///
/// Each connection has a thread; nothing runs on the cooperative pool. It stops itself when the
/// last holder lets go.
package final class ScriptedUpstream: Sendable {
  /// Everything that happened so far.
  struct Life: Sendable {
    var queue: [ScriptedAnswer] = []
    var rule: (@Sendable (RecordedRequest) -> ScriptedAnswer)?
    var onAccept: [ScriptedAnswer.Step] = []
    var requests: [RecordedRequest] = []
    var endings: [Int: AnswerEnding] = [:]
    var bytesSent: [Int: Int] = [:]
    var openGates: Set<String> = []
    var connections = 0
    var openConnections = 0
    var brokenRequests = 0
    var isStopping = false
    var bells: [Int: WakeSignal] = [:]
  }

  package let port: UInt16
  private let life: WatchedState<Life>
  private let doorbell = WakeSignal()
  private let listener: LoopbackSocket

  /// Listens on a port of the kernel's choice; `answers` go to the requests in order.
  package convenience init(_ answers: [ScriptedAnswer] = []) throws {
    try self.init(down: answers)
    try comeUp()
  }

  /// Has a port and refuses all connections until `comeUp`.
  package init(down answers: [ScriptedAnswer]) throws {
    (listener, port) = try LoopbackSocket.silent()
    life = WatchedState(Life(queue: answers))
  }

  /// Accepts connections from now on.
  package func comeUp() throws {
    try listener.beginListening()
    OwnThread.start { [listener, doorbell, life] in
      Self.acceptConnections(listener: listener, doorbell: doorbell, life: life)
    }
  }

  /// Answers every request by `rule`, once the queued answers are used up.
  package convenience init(
    rule: @escaping @Sendable (RecordedRequest) -> ScriptedAnswer
  ) throws {
    try self.init()
    life.change { $0.rule = rule }
  }

  deinit {
    stop()
  }

  package var baseURL: String { "http://127.0.0.1:\(port)" }

  /// Adds answers for the next requests.
  package func enqueue(_ answers: ScriptedAnswer...) {
    life.change { $0.queue += answers }
  }

  /// Does `steps` to every new connection before it reads anything.
  package func onAccept(_ steps: ScriptedAnswer.Step...) {
    life.change { $0.onAccept = steps }
  }

  /// Lets every answer pass that waits at the gate, now and later.
  package func open(gate: String) {
    let bells = life.change { life in
      life.openGates.insert(gate)
      return Array(life.bells.values)
    }
    for bell in bells { bell.ring() }
  }

  /// Closes the listener and every connection.
  package func stop() {
    let bells = life.change { life in
      life.isStopping = true
      return Array(life.bells.values)
    }
    doorbell.ring()
    for bell in bells { bell.ring() }
  }

  // MARK: what happened

  /// All requests so far, in order of arrival.
  package var requests: [RecordedRequest] { life.current.requests }

  /// How many connections were ever accepted.
  package var connectionCount: Int { life.current.connections }

  /// How many bytes of the answer to that request the kernel took.
  package func bytesSent(forRequest number: Int) -> Int {
    life.current.bytesSent[number] ?? 0
  }

  /// Awaits the request of that number, the first being 1.
  package func request(
    _ number: Int, within limit: Duration = .seconds(20)
  ) async throws -> RecordedRequest {
    try await life.wait(for: "request \(number) at the upstream", within: limit) {
      $0.requests.count >= number ? $0.requests[number - 1] : nil
    }
  }

  /// Awaits how the answer to that request ends.
  package func ending(
    ofRequest number: Int, within limit: Duration = .seconds(20)
  ) async throws -> AnswerEnding {
    try await life.wait(for: "the end of answer \(number)", within: limit) {
      $0.endings[number]
    }
  }

  /// Awaits that the client of that request leaves before its answer is done, and says when.
  package func clientGone(
    fromRequest number: Int, within limit: Duration = .seconds(20)
  ) async throws -> ContinuousClock.Instant {
    try await life.wait(for: "the client of request \(number) leaving", within: limit) {
      guard case .clientGone(let instant) = $0.endings[number] else { return nil }
      return instant
    }
  }

  /// Awaits that at least `count` bytes of that answer went out.
  package func sent(
    _ count: Int, forRequest number: Int, within limit: Duration = .seconds(20)
  ) async throws {
    _ = try await life.wait(for: "\(count) bytes of answer \(number)", within: limit) {
      $0.bytesSent[number] ?? 0 >= count ? true : nil
    }
  }

  /// Awaits that `count` connections left before they had sent a whole request.
  package func brokenRequests(
    _ count: Int, within limit: Duration = .seconds(20)
  ) async throws {
    _ = try await life.wait(for: "\(count) broken requests", within: limit) {
      $0.brokenRequests >= count ? true : nil
    }
  }

  /// Awaits that no connection is open any more.
  package func allConnectionsClosed(within limit: Duration = .seconds(20)) async throws {
    _ = try await life.wait(for: "every connection closing", within: limit) {
      $0.openConnections == 0 ? true : nil
    }
  }

  private static func acceptConnections(
    listener: LoopbackSocket, doorbell: WakeSignal, life: WatchedState<Life>
  ) {
    while true {
      _ = listener.wait(for: .readable, wake: doorbell)
      if life.current.isStopping { return }
      guard let socket = listener.accept() else { continue }
      let bell = WakeSignal()
      let number = life.change { life -> Int in
        life.connections += 1
        life.openConnections += 1
        life.bells[life.connections] = bell
        return life.connections
      }
      OwnThread.start {
        ScriptedUpstreamConnection(number: number, socket: socket, bell: bell, life: life).run()
        life.change { life in
          life.openConnections -= 1
          life.bells[number] = nil
        }
      }
    }
  }
}
