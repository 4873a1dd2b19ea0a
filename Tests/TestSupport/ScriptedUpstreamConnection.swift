/// One connection of a `ScriptedUpstream`: reads requests and plays their answers.
struct ScriptedUpstreamConnection {
  /// Why nothing more is read or written here.
  private enum Over: Error {
    case clientGone, stopped, cutByScript
  }

  let number: Int
  let socket: LoopbackSocket
  let bell: WakeSignal
  let life: WatchedState<ScriptedUpstream.Life>

  /// Serves until the client leaves, the script cuts or the upstream stops.
  func run() {
    var parser = HTTPMessageParser(kind: .request)
    do {
      for step in life.current.onAccept { try play(step, of: ScriptedAnswer(framing: .raw), 0) }
      while let (request, answer) = try nextRequest(&parser) {
        try serve(request, answer)
        if answer.framing == .untilClose || answer.framing == .raw { return }
      }
    } catch {
      return
    }
  }

  private func serve(_ request: RecordedRequest, _ answer: ScriptedAnswer) throws(Over) {
    do {
      try play(answer, request.number)
      finish(request.number, .answered)
    } catch .clientGone {
      finish(request.number, .clientGone(at: .now))
      throw .clientGone
    } catch .stopped {
      finish(request.number, .stopped)
      throw .stopped
    } catch .cutByScript {
      finish(request.number, .answered)
      throw .cutByScript
    }
  }

  private func finish(_ request: Int, _ ending: AnswerEnding) {
    life.change { $0.endings[request] = ending }
  }

  /// Reads one whole request and takes the answer meant for it; nil when the client is done.
  private func nextRequest(
    _ parser: inout HTTPMessageParser
  ) throws -> (RecordedRequest, ScriptedAnswer)? {
    var head: HTTPMessageHead?
    var body: [UInt8] = []
    while true {
      if head == nil {
        head = try parser.takeHead()
        if let head, head.header("expect") != nil {
          try send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), 0)
        }
      }
      if let head {
        body += try parser.takeBody()
        if parser.isComplete {
          parser.beginNextMessage()
          return record(head, body)
        }
      }
      let ready = socket.wait(for: .readable, wake: bell)
      if life.current.isStopping { throw Over.stopped }
      if ready == .woken { continue }
      switch socket.receive() {
      case .bytes(let bytes): parser.feed(bytes)
      case .nothingYet: continue
      case .end, .reset:
        if head != nil || parser.hasUnread { life.change { $0.brokenRequests += 1 } }
        return nil
      }
    }
  }

  private func record(
    _ head: HTTPMessageHead, _ body: [UInt8]
  ) -> (RecordedRequest, ScriptedAnswer) {
    let words = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
    return life.change { life in
      let request = RecordedRequest(
        number: life.requests.count + 1, connection: number,
        method: words.first.map(String.init) ?? "",
        target: words.count > 1 ? String(words[1]) : "", headers: head.headers, body: body,
        arrivedAt: .now)
      life.requests.append(request)
      if !life.queue.isEmpty { return (request, life.queue.removeFirst()) }
      let unscripted = ScriptedAnswer.json(#"{"error":"no script for this"}"#, status: 599)
      return (request, life.rule?(request) ?? unscripted)
    }
  }

  private func play(_ answer: ScriptedAnswer, _ request: Int) throws(Over) {
    for step in answer.before { try play(step, of: answer, request) }
    if answer.framing != .raw { try send(Array(Self.head(of: answer).utf8), request) }
    for step in answer.steps { try play(step, of: answer, request) }
    if answer.framing == .chunked { try send(Array("0\r\n\r\n".utf8), request) }
  }

  private func play(
    _ step: ScriptedAnswer.Step, of answer: ScriptedAnswer, _ request: Int
  ) throws(Over) {
    switch step {
    case .bytes(let bytes): try send(Self.framed(bytes, answer), request)
    case .gate(let name): try pause { life.current.openGates.contains(name) }
    case .trickle(let bytes, let size, let interval):
      for start in stride(from: 0, to: bytes.count, by: size) {
        let piece = Array(bytes[start..<min(start + size, bytes.count)])
        try send(Self.framed(piece, answer), request)
        let due = ContinuousClock.now + interval
        try pause(atMost: interval) { .now >= due }
      }
    case .malformedChunk: try send(Array("zz; not a size\r\nneither\r\n".utf8), request)
    case .neverEndingLine:
      let line = Self.framed([UInt8](repeating: 0x61, count: 16_384), answer)
      while true { try send(line, request) }
    case .silence: try pause { false }
    case .reset:
      socket.reset()
      throw .cutByScript
    case .close: throw .cutByScript
    }
  }

  /// Waits until `isOver`, and notices a client that leaves meanwhile.
  private func pause(
    atMost limit: Duration? = nil, until isOver: () -> Bool
  ) throws(Over) {
    while !isOver() {
      let ready = socket.wait(for: [], wake: bell, atMost: limit)
      if ready.contains(.peerGone) { throw .clientGone }
      if life.current.isStopping { throw .stopped }
    }
  }

  private func send(_ bytes: [UInt8], _ request: Int) throws(Over) {
    var start = 0
    while start < bytes.count {
      switch socket.send(bytes, from: start) {
      case .count(let count):
        start += count
        life.change { $0.bytesSent[request, default: 0] += count }
      case .gone: throw .clientGone
      case .full:
        let ready = socket.wait(for: .writable, wake: bell)
        if ready.contains(.peerGone) { throw .clientGone }
        if life.current.isStopping { throw .stopped }
      }
    }
  }

  private static func framed(_ bytes: [UInt8], _ answer: ScriptedAnswer) -> [UInt8] {
    guard answer.framing == .chunked, !bytes.isEmpty else { return bytes }
    return Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
  }

  private static func head(of answer: ScriptedAnswer) -> String {
    var head = "HTTP/1.1 \(answer.status) Scripted\r\n"
    for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
    switch answer.framing {
    case .length: head += "content-length: \(answer.declaredLength ?? answer.body.count)\r\n"
    case .chunked: head += "transfer-encoding: chunked\r\n"
    case .untilClose: head += "connection: close\r\n"
    case .raw: break
    }
    return head + "\r\n"
  }
}
