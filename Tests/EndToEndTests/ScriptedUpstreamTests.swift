import TestSupport
import Testing

@Suite("A scripted upstream")
struct ScriptedUpstreamTests {
  @Test func `answers in the order of its script and remembers what it was asked`() async throws {
    let upstream = try ScriptedUpstream([.json(#"{"n":1}"#), .json(#"{"n":2}"#, status: 429)])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.post("/v1/x?beta=true", headers: [("x-api-key", "k")], json: "{}")
    #expect(try await client.head().status == 200)
    #expect(try await client.text() == #"{"n":1}"#)
    try await client.request("GET", "/v1/models")
    #expect(try await client.head().status == 429)
    #expect(try await client.text() == #"{"n":2}"#)

    let first = try await upstream.request(1)
    #expect(first.method == "POST")
    #expect(first.path == "/v1/x")
    #expect(first.target == "/v1/x?beta=true")
    #expect(first.header("X-API-Key") == "k")
    #expect(first.text == "{}")
    #expect(try await upstream.request(2).connection == first.connection)
    #expect(upstream.connectionCount == 1)
  }

  @Test func `reads a chunked request`() async throws {
    let upstream = try ScriptedUpstream([.json("{}")])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.send("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")
    try await client.send(Array("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n".utf8), inPiecesOf: 1)
    #expect(try await client.head().status == 200)
    #expect(try await upstream.request(1).text == "abcde")
  }

  @Test func `holds at a gate until the test opens it`() async throws {
    let stream = ScriptedAnswer.events(["data: 1\n\n", "data: 2\n\n"])
    let upstream = try ScriptedUpstream([stream.holding(beforeStep: 1, gate: "second")])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    _ = try await client.head()
    #expect(try await client.event()?.data == "1")
    upstream.open(gate: "second")
    #expect(try await client.event()?.data == "2")
    #expect(try await client.event() == nil)
    #expect(try await upstream.ending(ofRequest: 1) == .answered)
  }

  @Test(arguments: [ScriptedAnswer.Step.silence, .gate("never"), .neverEndingLine])
  func `notices a client that leaves`(waiting: ScriptedAnswer.Step) async throws {
    let upstream = try ScriptedUpstream([ScriptedAnswer(steps: [waiting])])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    _ = try await client.head()
    client.close()
    let left = try await upstream.clientGone(fromRequest: 1)
    #expect(left > (try await upstream.request(1)).arrivedAt)
    try await upstream.allConnectionsClosed()
  }

  @Test func `notices a client that leaves in the middle of its request`() async throws {
    let upstream = try ScriptedUpstream()
    let client = try RawHTTPClient(port: upstream.port)
    try await client.send("POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\nabc")
    client.close()
    try await upstream.brokenRequests(1)
    #expect(upstream.requests.isEmpty)
  }

  @Test func `is held back by a client that does not read`() async throws {
    let body = [UInt8](repeating: 0x61, count: 64 << 20)
    let upstream = try ScriptedUpstream([ScriptedAnswer(framing: .length, steps: [.bytes(body)])])
    let client = try RawHTTPClient(port: upstream.port, receiveBuffer: 4096)
    try await client.request("GET", "/")
    try await upstream.sent(1024, forRequest: 1)
    #expect(upstream.bytesSent(forRequest: 1) < body.count)
    client.reset()
    _ = try await upstream.clientGone(fromRequest: 1)
  }

  @Test func `cuts an answer without its end`() async throws {
    let whole = ScriptedAnswer.events(["data: 1\n\n", "data: 2\n\n"])
    let upstream = try ScriptedUpstream([whole.broken(beforeStep: 1, by: .close)])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    _ = try await client.head()
    await #expect(
      throws: RawHTTPClientFailure.closedEarly(.orderly, soFar: "data: 1\n\n")
    ) {
      try await client.text()
    }
  }

  @Test func `declares the whole length of a document that it cuts`() async throws {
    let upstream = try ScriptedUpstream([ScriptedAnswer.json("0123456789").cut(after: 4)])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    #expect(try await client.head().header("content-length") == "10")
    await #expect(throws: RawHTTPClientFailure.closedEarly(.orderly, soFar: "0123")) {
      try await client.text()
    }
  }

  @Test func `resets before any answer`() async throws {
    let upstream = try ScriptedUpstream([.nothing(but: .reset)])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    await #expect(throws: RawHTTPClientFailure.closedEarly(.reset, soFar: "")) {
      try await client.head()
    }
  }

  @Test func `resets a connection that it just accepted`() async throws {
    let upstream = try ScriptedUpstream()
    upstream.onAccept(.reset)
    let client = try RawHTTPClient(port: upstream.port)
    #expect(try await client.closing() == .reset)
  }

  @Test func `sends a chunk that is none`() async throws {
    let answer = ScriptedAnswer(steps: [.bytes(Array("ok".utf8)), .malformedChunk])
    let upstream = try ScriptedUpstream([answer])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    _ = try await client.head()
    await #expect(throws: MalformedMessage.self) { try await client.text() }
  }

  @Test func `trickles a body and ends it with the connection`() async throws {
    let answer = ScriptedAnswer(framing: .untilClose, steps: [.bytes(Array("slowly".utf8))])
    let upstream = try ScriptedUpstream([answer.trickling(pieceSize: 2, every: .milliseconds(1))])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    _ = try await client.head()
    #expect(try await client.text() == "slowly")
    #expect(try await client.closing() == .orderly)
  }

  @Test func `stores a body as gzip`() async throws {
    let upstream = try ScriptedUpstream([ScriptedAnswer.json("{}").gzipped()])
    let client = try RawHTTPClient(port: upstream.port)
    try await client.request("GET", "/")
    #expect(try await client.head().header("content-encoding") == "gzip")
    let expected: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1, 2, 0, 0xFD, 0xFF, 0x7B, 0x7D, 0x43, 0xBF, 0xA6,
      0xA3, 2, 0, 0, 0,
    ]
    #expect(try await client.body() == expected)
  }

  @Test func `stops when its last holder lets go`() async throws {
    var upstream: ScriptedUpstream? = try ScriptedUpstream([ScriptedAnswer(steps: [.silence])])
    let client = try RawHTTPClient(port: try #require(upstream?.port))
    try await client.request("GET", "/")
    _ = try await client.head()
    upstream = nil
    #expect(upstream == nil)
    #expect(try await client.closing() == .orderly)
  }
}
