import Glibc
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct `A control client` {
  private let directory: ScratchDirectory

  init() throws {
    directory = try ScratchDirectory()
  }

  private func server(
    _ answer: @escaping @Sendable (StubControlServer.Request) -> StubControlServer.Reply
  ) throws -> StubControlServer {
    try StubControlServer(path: directory.path("s"), answer: answer)
  }

  private static func whole(_ reply: ControlReply) -> StubControlServer.Reply {
    .whole(status: reply.status, fields: reply.fields, body: reply.body)
  }

  @Test func `sends what the server parses, and reads what it renders`() throws {
    let server = try server { request in
      let parsed = ControlRoutes.parse(
        method: request.method, path: request.path, query: request.query, fields: request.fields,
        body: request.body)
      guard case .success(.command(let command)) = parsed,
        let pair = Specimens.answers.first(where: { $0.0 == command })
      else { return .hangUp }
      return Self.whole(ControlRoutes.render(pair.1))
    }
    defer { server.stop() }
    let client = ControlClient(socketPath: server.path)
    for (command, _) in Specimens.answers {
      let expected = Specimens.answers.first { $0.0 == command }?.1
      #expect(try client.perform(command) == expected)
    }
  }

  @Test func `sends hostile names and large bodies whole`() throws {
    let server = try server { request in
      let parsed = ControlRoutes.parse(
        method: request.method, path: request.path, query: request.query, fields: request.fields,
        body: request.body)
      guard case .success(.command(.addKey(let key))) = parsed else { return .hangUp }
      var summary = Specimens.key
      summary.name = key.name
      return Self.whole(ControlRoutes.render(.issuedKey(IssuedKey(key: "k", summary: summary))))
    }
    defer { server.stop() }
    let name = Specimens.hostile + String(repeating: "x", count: 300_000)
    guard
      case .issuedKey(let issued) = try ControlClient(socketPath: server.path)
        .perform(.addKey(NewKey(name: name)))
    else {
      Issue.record("another answer")
      return
    }
    #expect(issued.summary.name == name)
  }

  @Test func `says what it asked and which API answered`() throws {
    let server = try server { _ in Self.whole(ControlRoutes.render(.keys([]))) }
    defer { server.stop() }
    let seen = Mutex<([ControlClient.Trace], [ControlAPI])>(([], []))
    let client = ControlClient(
      socketPath: server.path, observe: { trace in seen.withLock { $0.0.append(trace) } },
      meetServer: { api in seen.withLock { $0.1.append(api) } })
    _ = try client.perform(.listKeys)
    let (traces, apis) = seen.withLock { $0 }
    #expect(traces.map(\.target) == ["/admin/v1/keys"])
    #expect(traces.map(\.status) == [200])
    #expect(apis == [.current])
  }

  @Test func `says that a socket is stale`() throws {
    let server = try server { _ in .hangUp }
    // A listener that is gone leaves its file behind when it was killed; here it is bound anew.
    server.stop()
    let claim = try SocketPlace.choose(
      socket: directory.path("dead"), names: SocketNames(environment: [:])
    ).claim()
    closeDescriptor(try claim.listen())
    let failure = #expect(throws: ControlFailure.self) {
      try ControlClient(socketPath: directory.path("dead")).server()
    }
    #expect(failure?.code == .unreachable)
    #expect(failure?.message.contains("stale socket") == true)
  }

  @Test func `says that nobody is there`() throws {
    let failure = #expect(throws: ControlFailure.self) {
      try ControlClient(socketPath: directory.path("none")).server()
    }
    #expect(failure?.code == .unreachable)
    #expect(failure?.message.contains("No such file") == true)
  }

  @Test func `gives up when its time is over`() throws {
    let server = try server { _ in .silence }
    defer { server.stop() }
    let failure = #expect(throws: ControlFailure.self) {
      try ControlClient(socketPath: server.path, timeoutMilliseconds: 50).server()
    }
    #expect(failure?.code == .timedOut)
    #expect(failure?.hint.contains("--timeout") == true)
  }

  @Test(arguments: [
    StubControlServer.Reply.hangUp,
    .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".utf8)),
    .raw(Array("nonsense".utf8)), .whole(status: 200, fields: [], body: Array("<p>".utf8)),
    .whole(status: 500, fields: [], body: []),
  ])
  func `makes a failure of an answer that breaks`(reply: StubControlServer.Reply) throws {
    let server = try server { _ in reply }
    defer { server.stop() }
    let failure = #expect(throws: ControlFailure.self) {
      try ControlClient(socketPath: server.path).server()
    }
    #expect(failure?.message.isEmpty == false)
  }

  @Test func `follows events across any cut, heartbeats and gaps included`() throws {
    let events: [RequestEvent] = [
      .finished(Specimens.request), .heartbeat, .dropped(3), .finished(Specimens.request),
    ]
    let bytes = events.flatMap { ControlRoutes.render($0) }
    let server = try server { request in
      let parsed = ControlRoutes.parse(
        method: request.method, path: request.path, query: request.query)
      guard parsed == .success(.requestEvents(backlog: 7, after: 9)) else { return .hangUp }
      let pieces = stride(from: 0, to: bytes.count, by: 11).map { start in
        Array(bytes[start..<min(start + 11, bytes.count)])
      }
      return .stream(pieces: pieces, staysOpen: false)
    }
    defer { server.stop() }
    var seen: [RequestEvent] = []
    try ControlClient(socketPath: server.path).follow(backlog: 7, after: 9) { event in
      seen.append(event)
      return true
    }
    #expect(seen == events)
  }

  @Test func `stops following when it is told to`() throws {
    let server = try server { _ in
      .stream(pieces: [ControlRoutes.render(.dropped(1))], staysOpen: true)
    }
    defer { server.stop() }
    var count = 0
    try ControlClient(socketPath: server.path).follow(backlog: 0, after: nil) { _ in
      count += 1
      return false
    }
    #expect(count == 1)
  }

  @Test func `tells why events were refused`() throws {
    let refusal = ControlFailure(.unavailable, "draining", hint: "wait")
    let server = try server { _ in Self.whole(ControlRoutes.render(refusal)) }
    defer { server.stop() }
    #expect(throws: refusal) {
      try ControlClient(socketPath: server.path).follow(backlog: 0, after: nil) { _ in true }
    }
  }

  private func closeDescriptor(_ descriptor: Int32) {
    close(descriptor)
  }
}
