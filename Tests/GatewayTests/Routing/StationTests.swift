import Testing

@testable import Dialects
@testable import Gateway

/// A station with a clock of its own.
private struct Post {
  let station = Station(name: "b:m")
  let breaker = Settings.Backend.Circuit(failures: 3, pause: .seconds(30))
  var limits = DeploymentLimits()
  let start = ContinuousClock.now

  func enter(
    _ seconds: Double, tokens: Int = 0, regardless: Bool = false
  ) -> Station.Refusal? {
    station.enter(
      limits, tokens: tokens, regardless: regardless, at: start + .seconds(seconds))
  }

  func leave(_ seconds: Double, _ verdict: Verdict, tokens: Int = 0, reserved: Int = 0) {
    station.leave(
      Station.Outcome(verdict: verdict, tokens: tokens, reservedTokens: reserved),
      breaker: breaker, at: start + .seconds(seconds))
  }

  /// One attempt from beginning to end; whether it was let in.
  @discardableResult
  func attempt(_ seconds: Double, _ verdict: Verdict) -> Bool {
    guard enter(seconds) == nil else { return false }
    leave(seconds, verdict)
    return true
  }

  var circuit: Station.Circuit { station.with { $0.circuit } }
  var inFlight: Int { station.with { $0.inFlight } }
}

@Suite struct `A station` {
  @Test func `opens after so many failures in a row and closes with the first success`() {
    let post = Post()
    for second in 0..<3 { #expect(post.attempt(Double(second), .fault("500"))) }
    #expect(post.circuit == .open(until: post.start + .seconds(32)))
    #expect(post.enter(31)?.reason == .open)
    #expect(post.enter(31)?.until == post.start + .seconds(32))
    #expect(post.enter(31)?.cause == "500")
    // Exactly one request tries.
    #expect(post.enter(33) == nil)
    #expect(post.enter(33)?.reason == .probing)
    post.leave(34, .success)
    #expect(post.circuit == .closed)
    #expect(post.enter(34) == nil)
  }

  @Test func `stays closed while successes come between`() {
    let post = Post()
    for second in 0..<18 {
      post.attempt(Double(second), second % 3 == 2 ? .success : .fault("x"))
    }
    #expect(post.circuit == .closed)
    // A full window of which half has failed opens it all the same.
    post.attempt(18, .fault("x"))
    post.attempt(19, .success)
    post.attempt(20, .fault("x"))
    #expect(post.circuit != .closed)
  }

  @Test func `waits longer after every new try that fails, and not for ever`() {
    let post = Post()
    for _ in 0..<3 { post.attempt(0, .fault("x")) }
    var second = 0.0
    var pauses: [Double] = []
    for _ in 0..<6 {
      guard case .open(let until) = post.circuit else { break }
      let pause = Double((until - post.start).components.seconds) - second
      pauses.append(pause)
      second += pause
      #expect(post.attempt(second, .fault("x")))
    }
    #expect(pauses == [30, 60, 120, 240, 300, 300])
  }

  @Test func `lets another try when the first one learnt nothing`() {
    let post = Post()
    for _ in 0..<3 { post.attempt(0, .fault("x")) }
    #expect(post.enter(40) == nil)
    post.leave(41, .nothing)
    #expect(post.circuit == .halfOpen(isProbing: false))
    #expect(post.enter(42) == nil)
    post.leave(43, .answered)
    #expect(post.circuit == .closed)
  }

  @Test func `is not judged by what began before it opened`() {
    let post = Post()
    for _ in 0..<5 { #expect(post.enter(0) == nil) }
    for _ in 0..<5 { post.leave(1, .fault("x")) }
    #expect(post.circuit == .open(until: post.start + .seconds(31)))
  }

  @Test func `cools down as long as was asked, never shorter than before`() {
    let post = Post()
    post.attempt(0, .limited(retryAfterSeconds: 60, "429"))
    #expect(post.enter(1)?.reason == .cooling)
    // One that was under way brings a shorter wish.
    #expect(post.enter(1, regardless: true) == nil)
    post.leave(2, .limited(retryAfterSeconds: 5, "429 later"))
    #expect(post.enter(30)?.until == post.start + .seconds(60))
    #expect(post.enter(61) == nil)
    #expect(post.circuit == .closed)
  }

  @Test func `does not believe in a day of silence`() {
    let post = Post()
    post.attempt(0, .limited(retryAfterSeconds: 86_400, "429"))
    #expect(post.enter(301) == nil)
  }

  @Test func `asks the only deployment whatever its health`() {
    let post = Post()
    for _ in 0..<5 { #expect(post.enter(0, regardless: true) == nil) }
    for _ in 0..<5 { post.leave(0, .fault("x")) }
    #expect(post.enter(1)?.reason == .open)
    #expect(post.enter(1, regardless: true) == nil)
    post.leave(2, .success)
    #expect(post.circuit == .closed)
  }

  @Test func `keeps its limits even there`() {
    var post = Post()
    post.limits.concurrent = 1
    #expect(post.enter(0, regardless: true) == nil)
    #expect(post.enter(0, regardless: true)?.reason == .concurrency)
    post.leave(1, .success)
    #expect(post.enter(1, regardless: true) == nil)
  }

  @Test func `counts the requests of the last minute`() {
    var post = Post()
    post.limits.requestsPerMinute = 3
    for second in [0.0, 10, 20] { #expect(post.attempt(second, .success)) }
    let refusal = post.enter(30)
    #expect(refusal?.reason == .requests)
    let wait = refusal?.until.map { ($0 - post.start).components.seconds }
    #expect(wait == 61)
    #expect(post.attempt(61, .success))
    #expect(post.enter(61)?.reason == .requests)
  }

  @Test func `reserves tokens and settles what they were`() {
    var post = Post()
    post.limits.tokensPerMinute = 1000
    #expect(post.enter(0, tokens: 600) == nil)
    #expect(post.enter(0, tokens: 600)?.reason == .tokens)
    post.leave(1, .success, tokens: 100, reserved: 600)
    #expect(post.enter(2, tokens: 600) == nil)
    #expect(post.enter(2, tokens: 600)?.reason == .tokens)
    post.leave(3, .success, tokens: 900, reserved: 600)
    #expect(post.enter(4, tokens: 1)?.reason == .tokens)
    // More than a minute can hold gets a minute of its own.
    #expect(post.enter(70, tokens: 5000) == nil)
  }

  @Test func `learns its pace by a third of what is new`() {
    let post = Post()
    func sample(_ milliseconds: Int, isStreaming: Bool, _ verdict: Verdict = .success) {
      post.station.leave(
        Station.Outcome(
          verdict: verdict, firstTokenMs: milliseconds, isStreaming: isStreaming),
        breaker: post.breaker, at: post.start)
    }
    sample(100, isStreaming: true)
    sample(200, isStreaming: true)
    sample(5000, isStreaming: false)
    sample(9000, isStreaming: true, .fault("x"))
    #expect(post.station.with { $0.streamPace } == 130)
    #expect(post.station.with { $0.wholePace } == 5000)
  }

  @Test func `keeps its limits under hundreds of requests at once`() async {
    var post = Post()
    post.limits = DeploymentLimits(requestsPerMinute: 200, concurrent: 50)
    let now = post.start
    let (station, limits, breaker) = (post.station, post.limits, post.breaker)
    let most = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<400 {
        group.addTask {
          guard station.enter(limits, tokens: 0, regardless: false, at: now) == nil else {
            return 0
          }
          let seen = station.with { $0.inFlight }
          await Task.yield()
          station.leave(Station.Outcome(verdict: .success), breaker: breaker, at: now)
          return seen
        }
      }
      return await group.reduce(into: (most: 0, count: 0)) { sum, seen in
        sum.most = max(sum.most, seen)
        sum.count += seen > 0 ? 1 : 0
      }
    }
    #expect(most.most <= 50)
    #expect(most.count <= 200 && most.count > 0)
    #expect(post.inFlight == 0)
  }

  @Test func `forgets everything at the operator's word`() {
    let post = Post()
    for _ in 0..<3 { post.attempt(0, .fault("x")) }
    post.station.with { $0.reset() }
    #expect(post.enter(0) == nil)
  }
}

@Suite struct `A verdict on an attempt` {
  static let cases: [(Failure.Kind, Failure.Origin, Int?, Verdict?)] = [
    (.rateLimited, .upstream, 7, .limited(retryAfterSeconds: 7, "500 m")),
    (.billing, .upstream, nil, .limited(retryAfterSeconds: nil, "500 m")),
    (.overloaded, .upstream, 3, .limited(retryAfterSeconds: 3, "500 m")),
    (.overloaded, .upstream, nil, .fault("500 m")),
    (.timeout, .upstream, nil, .fault("500 m")), (.unreachable, .upstream, nil, .fault("500 m")),
    (.cut, .upstream, nil, .fault("500 m")), (.upstream, .upstream, nil, .fault("500 m")),
    (.authentication, .upstream, nil, .fault("500 m")),
    (.invalidRequest, .upstream, nil, .answered), (.notFound, .upstream, nil, .answered),
    (.tooLarge, .upstream, nil, .answered), (.contextOverflow, .upstream, nil, .answered),
    (.contentFiltered, .upstream, nil, .answered),
    (.invalidRequest, .client, nil, .nothing), (.rateLimited, .proxy, 3, .nothing),
    (.internal, .proxy, nil, .nothing),
  ]

  @Test(arguments: cases)
  func `counts what the server did and nothing else`(
    kind: Failure.Kind, origin: Failure.Origin, seconds: Int?, verdict: Verdict?
  ) {
    let failure = Failure(kind, origin: origin, status: 500, "m", retryAfterSeconds: seconds)
    #expect(Verdict(failure, isCancelled: false, forwardsCredential: false) == verdict)
    #expect(Verdict(failure, isCancelled: true, forwardsCredential: false) == .nothing)
  }

  @Test func `does not blame a server for the client's own credential`() {
    let failure = Failure(.authentication, origin: .upstream, status: 401, "m")
    #expect(Verdict(failure, isCancelled: false, forwardsCredential: true) == .answered)
  }

  @Test func `of a client that left says nothing, unless tokens had come`() {
    #expect(Ending.clientGone.verdict(hasOutput: false, forwardsCredential: false) == .nothing)
    #expect(Ending.clientGone.verdict(hasOutput: true, forwardsCredential: false) == .success)
    #expect(Ending.killed.verdict(hasOutput: false, forwardsCredential: false) == .nothing)
  }
}
