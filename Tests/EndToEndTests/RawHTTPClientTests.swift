import TestSupport
import Testing

@Suite("A raw HTTP client")
struct RawHTTPClientTests {
  @Test(arguments: [1, 2, 3, 7, 64])
  func `joins events that arrive in pieces`(pieceSize: Int) async throws {
    let stream = ScriptedAnswer.anthropicStream(.rich)
    let upstream = try ScriptedUpstream([stream.inPieces(of: pieceSize)])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    _ = try await client.head()
    let events = try await client.events()
    #expect(events.first?.name == "message_start")
    #expect(events.last?.name == "message_stop")
    #expect(events.count == stream.steps.count)
  }

  @Test func `tells comments, names and several lines of data apart`() async throws {
    let upstream = try ScriptedUpstream([
      .events([": ping\n\n", "event: a\r\ndata: 1\r\ndata:2\r\n\r\n"])
    ])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    _ = try await client.head()
    let expected = [
      ServerSentEvent(name: nil, data: "", comments: ["ping"]),
      ServerSentEvent(name: "a", data: "1\n2", comments: []),
    ]
    #expect(try await client.events() == expected)
  }

  @Test func `goes on reading after it said that no more will come`() async throws {
    let upstream = try ScriptedUpstream([ScriptedAnswer(steps: [.bytes([0x61])])])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    client.finishSending()
    #expect(try await client.head().status == 200)
    #expect(try await client.text() == "a")
  }

  @Test func `gives up waiting for a server that is silent`() async throws {
    let upstream = try ScriptedUpstream([.nothing(but: .silence)])
    let client = try RawHTTPClient(port: upstream.port, patience: .milliseconds(20))
    try await client.request("GET", "/")
    await #expect(throws: RawHTTPClientFailure.timedOut(waitingFor: "a response head")) {
      try await client.head()
    }
  }

  @Test func `finds nobody on a refusing port`() throws {
    let port = try LoopbackSocket.refusingPort()
    #expect(throws: SocketFailure.self) { try RawHTTPClient(port: port) }
  }
}
