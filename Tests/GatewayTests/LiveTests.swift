import ControlPlane
import Testing

@testable import Dialects
@testable import Gateway
@testable import Storage

@Suite struct `A rate window` {
  private let start = ContinuousClock.now

  @Test func `counts whole seconds, oldest first`() {
    var window = RateWindow(seconds: 4)
    window.add(10, at: start + .seconds(10))
    window.add(5, at: start + .seconds(10))
    window.add(7, at: start + .seconds(12))
    #expect(window.series(at: start + .seconds(13)) == [15, 0, 7])
  }

  @Test func `forgets what is older than itself`() {
    var window = RateWindow(seconds: 4)
    window.add(10, at: start + .seconds(10))
    #expect(window.series(at: start + .seconds(60)) == [0, 0, 0])
  }

  @Test func `gives the mean of the last seconds`() {
    var window = RateWindow(seconds: 5)
    window.add(10, at: start + .seconds(10))
    window.add(20, at: start + .seconds(11))
    #expect(window.perSecond(over: 2, at: start + .seconds(12)) == 15)
  }
}

@Suite struct `An error book` {
  private func failure(_ message: String, _ status: Int = 502) -> Failure {
    Failure(.upstream, origin: .upstream, status: status, message)
  }

  @Test func `groups failures that differ in numbers only`() {
    var book = ErrorBook(limit: 10)
    book.add(failure("took 120 ms on 10.0.0.1"), backend: "a", requestID: "r1", atMs: 1)
    book.add(failure("took 98 ms on 10.0.0.2"), backend: "a", requestID: "r2", atMs: 2)
    #expect(book.groups.count == 1)
    #expect(book.groups.first?.count == 2)
    #expect(book.groups.first?.lastRequestID == "r2")
    #expect(book.groups.first?.message == "took # ms on #.#.#.#")
  }

  @Test func `keeps backends and statuses apart, the newest first`() {
    var book = ErrorBook(limit: 10)
    book.add(failure("x"), backend: "a", requestID: "1", atMs: 1)
    book.add(failure("x"), backend: "b", requestID: "2", atMs: 2)
    book.add(failure("x", 500), backend: "a", requestID: "3", atMs: 3)
    #expect(book.groups.map(\.lastRequestID) == ["3", "2", "1"])
  }

  @Test func `never grows past its limit`() {
    var book = ErrorBook(limit: 3)
    for word in ["a", "b", "c", "d", "e"] {
      book.add(failure(word), backend: "x", requestID: word, atMs: 1)
    }
    #expect(book.groups.map(\.message) == ["e", "d", "c"])
  }
}

@Suite struct `The live board` {
  private let now = ContinuousClock.now

  private func exchange(_ id: String) -> LiveExchange {
    LiveExchange(
      id: id, dialect: .anthropic, client: "127.0.0.1:1", session: nil, generation: 3,
      prices: PriceList(backends: []),
      startedAt: now, startedAtMs: 1000)
  }

  @Test func `shows an exchange while it lives and a moment longer`() {
    let board = LiveBoard()
    let live = exchange("req_1")
    board.open(live)
    #expect(board.inFlight == 1)
    board.close(live, live.finish(.completed(status: 200), at: now), at: now, nowMs: 0)
    #expect(board.inFlight == 0)
    let soon = board.picture(backends: [], at: now + .seconds(1))
    #expect(soon.streams.map(\.state) == [.done])
    #expect(board.picture(backends: [], at: now + .seconds(4)).streams.isEmpty)
  }

  @Test func `keeps two exchanges with one id apart`() {
    let board = LiveBoard()
    let (first, second) = (exchange("same"), exchange("same"))
    board.open(first)
    board.open(second)
    #expect(board.picture(backends: [], at: now).streams.count == 2)
    board.close(first, first.finish(.clientGone, at: now), at: now, nowMs: 0)
    #expect(board.exchange("same") === second)
  }

  @Test func `finds an exchange by the end of its id, when only one fits`() {
    let board = LiveBoard()
    let (first, second) = (exchange("req_aa1"), exchange("req_ba1"))
    board.open(first)
    board.open(second)
    #expect(board.exchange("ba1") === second)
    #expect(board.exchange("a1") == nil)
  }

  @Test func `counts against a backend only what was its fault`() {
    let board = LiveBoard()
    let demo = Settings.Backend.demo
    for origin in [Failure.Origin.client, .upstream] {
      board.begin(backend: demo.name, at: now)
      board.end(
        backend: demo.name, firstTokenMs: nil,
        failure: Failure(.upstream, origin: origin, status: 500, "x"), at: now, nowMs: 7)
    }
    let status = board.picture(backends: [demo], at: now + .seconds(1)).backends.first
    #expect(status?.requests == 2)
    #expect(status?.failures == 1)
    #expect(status?.errorPercent == 50)
    #expect(status?.inFlight == 0)
    #expect(status?.health == .degraded)
  }

  @Test func `ends with an exchange the attempt that was still open`() {
    let board = LiveBoard()
    let live = exchange("r")
    board.open(live)
    board.begin(backend: "demo", at: now)
    live.with { state in
      state.backend = "demo"
      state.openAttempt = OpenAttempt(
        deployment: Deployment(backend: .demo, model: "demo"), startedAt: now, reservedTokens: 0)
    }
    board.close(live, live.finish(.broken(.cut("x")), at: now), at: now, nowMs: 9)
    let status = board.picture(backends: [.demo], at: now).backends.first
    #expect(status?.inFlight == 0)
    #expect(status?.failures == 1)
  }

  @Test func `says that a backend is down after three failures in a row`() {
    let board = LiveBoard()
    for _ in 0..<3 {
      board.begin(backend: "demo", at: now)
      board.end(
        backend: "demo", firstTokenMs: nil, failure: .cut("x"), at: now, nowMs: 7)
    }
    #expect(board.picture(backends: [.demo], at: now).backends.first?.health == .down)
  }

  @Test func `estimates output until the upstream says how much it was`() {
    let live = exchange("r")
    #expect(live.observe([.text("12345678")], bytesOut: 8, now: now) == 2)
    #expect(live.status(at: now).outputIsEstimated)
    #expect(live.observe([.usage(Usage(input: 3, output: 9))], bytesOut: 0, now: now) == 7)
    let status = live.status(at: now)
    #expect(status.outputTokens == 9)
    #expect(!status.outputIsEstimated)
    #expect(live.finish(.completed(status: 200), at: now).record.outputTokens == 9)
  }
}
