import Synchronization
import TestSupport
import Testing
import Transport

/// Which way a request goes to its upstream.
enum Way: CaseIterable, Sendable {
  case plain, curl
}

/// A client on a loop of its own.
final class Calling: Sendable {
  let loop: EventLoop
  let client: UpstreamClient

  init(_ way: Way) throws {
    loop = try EventLoop(name: "calling")
    client = UpstreamClient(loop: loop, isCurlOnly: way == .curl)
  }

  deinit {
    client.close()
    loop.stop()
  }

  /// What a whole call came to: status and text, or the kind of the failure.
  func outcome(
    _ request: UpstreamRequest, cancellation: Cancellation = Cancellation()
  ) async -> String {
    let client = client
    return await loop.value {
      do throws(TransportFailure) {
        let response = try await client.send(request, cancellation: cancellation)
        let body = try await response.whole()
        return "\(response.status) \(String(decoding: body, as: UTF8.self))"
      } catch {
        return "\(error.kind) \(error.beforeResponse)"
      }
    }
  }
}

extension UpstreamResponse {
  /// The whole body.
  func whole() async throws(TransportFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      switch try await next(within: .seconds(60)) {
      case .bytes(let piece): bytes += piece
      case .end: return bytes
      case .silence: throw TransportFailure(.idleTimeout, "silence")
      }
    }
  }
}

extension RawListener {
  var url: String { "http://127.0.0.1:\(port)" }

  /// A server that says `text` to every request and then closes or waits for the next.
  static func saying(_ text: String, keeps: Bool = false) throws -> RawListener {
    try RawListener { connection, _ in
      while (try? connection.readRequest()) != nil {
        connection.send(text)
        if !keeps { return }
      }
    }
  }
}

@Suite("A call to an upstream")
struct UpstreamTests {
  @Test(arguments: Way.allCases)
  func `carries what was asked, and nothing else`(way: Way) async throws {
    let seen = Latch<String>()
    let upstream = try RawListener { connection, _ in
      guard let (head, body) = try? connection.readRequest() else { return }
      seen.bring(head + String(decoding: body, as: UTF8.self))
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    let calling = try Calling(way)
    let outcome = await calling.outcome(
      UpstreamRequest(
        url: "\(upstream.url)/v1/x%2Fy?a=b%20c",
        fields: [
          "x-one": "1", "Authorization": "Bearer s", "Connection": "close",
          "Expect": "100-continue",
          "x-cut": "a\r\nx-evil: b", "x-empty": "",
        ],
        body: Array("{}".utf8)))
    #expect(outcome == "200 ok")
    let lines = try #require(seen.wait()).split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.first == "POST /v1/x%2Fy?a=b%20c HTTP/1.1")
    #expect(
      Set(lines.dropFirst().map { $0.lowercased() }) == [
        "host: 127.0.0.1:\(upstream.port)", "x-one: 1", "authorization: bearer s",
        "x-cut: a  x-evil: b", way == .curl ? "x-empty:" : "x-empty: ", "content-length: 2",
        "accept-encoding: identity", "",
        "{}",
      ])
  }

  static let replies: [(reply: String, outcome: String)] = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "200 ok"),
    ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "200 ok"),
    ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404 "),
    ("HTTP/1.1 204 No Content\r\n\r\n", "204 "),
    ("HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n", "302 "),
    ("HTTP/1.1 200 OK\r\n\r\nto the end", "200 to the end"),
    ("HTTP/1.0 200 OK\r\n\r\nold", "200 old"),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1;x=y\r\n!\r\n0\r\nT: t\r\n\r\n",
      "200 ok!"
    ),
    (
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"
        + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
      "200 ok"
    ),
    ("", "reset true"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "truncated false"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsho", "truncated false"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n", "truncated false"),
  ]

  @Test(arguments: Way.allCases, replies.map(\.reply))
  func `ends as its reply does`(way: Way, reply: String) async throws {
    let expected = try #require(Self.replies.first { $0.reply == reply }?.outcome)
    let upstream = try RawListener.saying(reply)
    let calling = try Calling(way)
    let outcome = await calling.outcome(UpstreamRequest(method: "GET", url: upstream.url))
    #expect(outcome == expected)
  }

  @Test func `ends as a head that was cut`() async throws {
    // curl takes what there is of the line for a header and complains about that.
    for (way, expected) in [(Way.plain, "truncated true"), (.curl, "malformed true")] {
      let upstream = try RawListener.saying("HTTP/1.1 200 OK\r\nContent-Le")
      let calling = try Calling(way)
      let outcome = await calling.outcome(UpstreamRequest(method: "GET", url: upstream.url))
      #expect(outcome == expected)
    }
  }

  @Test(
    arguments: Way.allCases,
    [
      "nonsense\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
  func `fails when what comes is not HTTP`(way: Way, reply: String) async throws {
    let upstream = try RawListener.saying(reply)
    let calling = try Calling(way)
    let outcome = await calling.outcome(UpstreamRequest(method: "GET", url: upstream.url))
    #expect(outcome.hasPrefix("malformed"))
  }

  @Test(arguments: Way.allCases)
  func `uses its connection again, and survives one that was closed`(way: Way) async throws {
    let upstream = try RawListener { connection, number in
      for _ in 0..<2 {
        guard (try? connection.readRequest()) != nil else { return }
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
      }
      // The third request on it finds it closed.
    }
    let calling = try Calling(way)
    var outcomes: [String] = []
    for _ in 0..<5 {
      outcomes.append(
        await calling.outcome(UpstreamRequest(url: upstream.url, body: Array("{}".utf8))))
    }
    #expect(outcomes == ["200 0", "200 0", "200 1", "200 1", "200 2"])
    #expect(upstream.connectionCount == 3)
  }

  @Test(arguments: Way.allCases)
  func `tries once more when a kept connection breaks under it`(way: Way) async throws {
    let upstream = try RawListener { connection, number in
      guard (try? connection.readRequest()) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
      guard number == 0, (try? connection.readRequest()) != nil else { return }
      connection.reset()
    }
    let calling = try Calling(way)
    let request = UpstreamRequest(url: upstream.url, body: Array("{}".utf8))
    #expect(await calling.outcome(request) == "200 0")
    #expect(await calling.outcome(request) == "200 1")
  }

  @Test(arguments: Way.allCases)
  func `carries large bodies both ways`(way: Way) async throws {
    let body = [UInt8]((0..<(6 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    let upstream = try RawListener { connection, _ in
      guard let (_, body) = try? connection.readRequest() else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
      connection.send(body)
    }
    let calling = try Calling(way)
    let client = calling.client
    let isSame = await calling.loop.value {
      let response = try? await client.send(UpstreamRequest(url: upstream.url, body: body))
      return (try? await response?.whole()) == body
    }
    #expect(isSame)
  }

  @Test(arguments: Way.allCases)
  func `is told of what refuses it`(way: Way) async throws {
    let calling = try Calling(way)
    let refusing = try RefusingPort()
    let port = refusing.port
    defer { refusing.close() }
    let refused = await calling.outcome(UpstreamRequest(url: "http://127.0.0.1:\(port)/"))
    #expect(refused == "refused true")
    let local = await calling.outcome(UpstreamRequest(url: "http://localhost:\(port)/"))
    #expect(local == "refused true")
    let socket = await calling.outcome(
      UpstreamRequest(url: "http://x/", unixSocketPath: "/nowhere/at.all"))
    #expect(socket == "refused true")
  }

  @Test func `names the host and the remedy, and keeps secrets`() async throws {
    let calling = try Calling(.curl)
    let client = calling.client
    let refusing = try RefusingPort()
    let port = refusing.port
    defer { refusing.close() }
    let message = await calling.loop.value {
      do throws(TransportFailure) {
        _ = try await client.send(
          UpstreamRequest(url: "http://user:secret@127.0.0.1:\(port)/path?key=secret"))
        return ""
      } catch {
        return error.message
      }
    }
    #expect(message.contains("http://127.0.0.1:\(port) refuses"))
    #expect(!message.contains("secret"))
  }

  @Test func `is refused for addresses that are none`() async throws {
    let calling = try Calling(.plain)
    #expect(await calling.outcome(UpstreamRequest(url: "http://a b/")) == "address true")
    #expect(await calling.outcome(UpstreamRequest(url: "")) == "address true")
    #expect(await calling.outcome(UpstreamRequest(url: "ftp://127.0.0.1/")) == "address true")
    #expect(await calling.outcome(UpstreamRequest(url: "http://x..y/")) == "unresolvable true")
  }

  @Test(arguments: Way.allCases)
  func `sees a reset for what it is`(way: Way) async throws {
    let upstream = try RawListener { connection, number in
      _ = try? connection.readRequest()
      if number == 1 { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab") }
      if number == 1 { _ = connection.receive(limit: 1) }
      connection.reset()
    }
    let calling = try Calling(way)
    #expect(
      await calling.outcome(UpstreamRequest(method: "GET", url: upstream.url)) == "reset true")
    // The first bytes are read before the reset is sent.
    let client = calling.client
    let kinds = await calling.loop.value {
      do throws(TransportFailure) {
        let response = try await client.send(UpstreamRequest(method: "GET", url: upstream.url))
        let first = try await response.next(within: .seconds(60))
        response.cancel()
        return "\(first == .bytes([0x61, 0x62]))"
      } catch {
        return "\(error.kind)"
      }
    }
    #expect(kinds == "true")
  }

  @Test(arguments: Way.allCases)
  func `waits no longer than it may for the first byte`(way: Way) async throws {
    let upstream = try RawListener { connection, _ in
      _ = try? connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\nX-Never: ")
      _ = connection.receive()
    }
    let calling = try Calling(way)
    let outcome = await calling.outcome(
      UpstreamRequest(url: upstream.url, firstByteTimeout: .milliseconds(200)))
    #expect(outcome == "firstByteTimeout true")
  }

  @Test(arguments: Way.allCases)
  func `waits no longer than it may between bytes`(way: Way) async throws {
    let upstream = try RawListener { connection, _ in
      _ = try? connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
      _ = connection.receive()
    }
    let calling = try Calling(way)
    let outcome = await calling.outcome(
      UpstreamRequest(url: upstream.url, idleTimeout: .milliseconds(200)))
    #expect(outcome == "idleTimeout false")
  }

  @Test(arguments: Way.allCases)
  func `bears no head without end`(way: Way) async throws {
    let upstream = try RawListener { connection, _ in
      _ = try? connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\n")
      let line = "X-More: \(String(repeating: "x", count: 1000))\r\n"
      while connection.send(line) {}
    }
    let calling = try Calling(way)
    let outcome = await calling.outcome(UpstreamRequest(url: upstream.url))
    #expect(outcome == "malformed true")
  }

  @Test(arguments: Way.allCases)
  func `is cancelled in every phase, and the upstream sees it`(way: Way) async throws {
    for phase in 0..<3 {
      let reached = Latch<Bool>()
      let closed = Latch<Bool>()
      let upstream = try RawListener { connection, _ in
        _ = try? connection.readRequest()
        if phase > 0 { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n") }
        if phase > 1 { connection.send("ab") }
        reached.open()
        if connection.receive().isEmpty { closed.open() }
      }
      let calling = try Calling(way)
      let cancellation = Cancellation()
      OwnThread.start {
        _ = reached.wait()
        cancellation.cancel()
      }
      let outcome = await calling.outcome(
        UpstreamRequest(url: upstream.url), cancellation: cancellation)
      #expect(outcome.hasPrefix("cancelled"))
      #expect(try await blocking { closed.wait() } == true)
    }
    let calling = try Calling(way)
    let cancellation = Cancellation()
    cancellation.cancel()
    let refusing = try RefusingPort()
    let port = refusing.port
    defer { refusing.close() }
    let before = await calling.outcome(
      UpstreamRequest(url: "http://127.0.0.1:\(port)"), cancellation: cancellation)
    #expect(before == "cancelled true")
  }

  @Test(arguments: Way.allCases)
  func `ends when nobody holds its reply any more`(way: Way) async throws {
    let closed = Latch<Bool>()
    let upstream = try RawListener { connection, _ in
      _ = try? connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
      if connection.receive().isEmpty { closed.open() }
    }
    let calling = try Calling(way)
    let client = calling.client
    let status = await calling.loop.value {
      try? await client.send(UpstreamRequest(url: upstream.url)).status
    }
    #expect(status == 200)
    #expect(try await blocking { closed.wait() } == true)
  }

  @Test(arguments: Way.allCases)
  func `tells of silence and goes on`(way: Way) async throws {
    let goOn = Latch<Bool>()
    let upstream = try RawListener { connection, _ in
      _ = try? connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
      _ = goOn.wait()
      connection.send("cd")
    }
    let calling = try Calling(way)
    let client = calling.client
    let seen = await calling.loop.value { () -> [String] in
      guard let response = try? await client.send(UpstreamRequest(url: upstream.url)) else {
        return []
      }
      var seen: [String] = []
      while let next = try? await response.next(within: .milliseconds(100)) {
        switch next {
        case .bytes(let bytes): seen.append(String(decoding: bytes, as: UTF8.self))
        case .silence:
          if seen.last != "silence" { seen.append("silence") }
          goOn.open()
        case .end: return seen
        }
      }
      return seen
    }
    #expect(seen == ["ab", "silence", "cd"])
  }

  @Test(arguments: Way.allCases)
  func `reads no further than somebody takes`(way: Way) async throws {
    let total = 64 << 20
    let sent = Atomic<Int>(0)
    let upstream = try RawListener { connection, _ in
      _ = try? connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
      for _ in 0..<(total >> 16) {
        guard connection.send([UInt8](repeating: 0x61, count: 65_536)) else { return }
        sent.add(65_536, ordering: .relaxed)
      }
    }
    let calling = try Calling(way)
    let client = calling.client
    let (held, count) = await calling.loop.value { () -> (Int, Int) in
      guard let response = try? await client.send(UpstreamRequest(url: upstream.url)) else {
        return (0, 0)
      }
      // It is held up once nothing more has been sent for a while.
      var last = -1
      while last != sent.load(ordering: .relaxed) {
        last = sent.load(ordering: .relaxed)
        await client.pause(.milliseconds(400))
      }
      return (last, (try? await response.whole().count) ?? 0)
    }
    #expect(held < total / 2)
    #expect(count == total)
  }

  @Test(arguments: Way.allCases)
  func `decodes compression unless it is told not to`(way: Way) async throws {
    // "hello" by gzip.
    let gzip: [UInt8] = [
      0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0, 0x86, 0xa6,
      0x10, 0x36, 0x05, 0, 0, 0,
    ]
    let upstream = try RawListener { connection, _ in
      guard let (head, _) = try? connection.readRequest() else { return }
      let isAsked = head.lowercased().contains("accept-encoding: gzip")
      connection.send(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nX-Asked: \(isAsked)\r\n"
          + "Content-Length: \(gzip.count)\r\n\r\n")
      connection.send(gzip)
    }
    let calling = try Calling(way)
    let client = calling.client
    let seen = await calling.loop.value { () -> [String] in
      var seen: [String] = []
      for decodes in [true, false] {
        let request = UpstreamRequest(
          url: upstream.url, fields: ["accept-encoding": "gzip"], decodesCompression: decodes)
        guard let response = try? await client.send(request),
          let body = try? await response.whole()
        else { return seen }
        let isDecoded = body == Array("hello".utf8)
        let isRaw = body == gzip
        let says = response.fields.first("content-encoding") ?? "nothing"
        seen.append(
          "\(response.fields.first("X-Asked") ?? "") \(says) \(isDecoded) \(isRaw)")
      }
      return seen
    }
    #expect(seen == ["false nothing true false", "true gzip false true"])
  }

  @Test(arguments: Way.allCases)
  func `goes through a Unix socket`(way: Way) async throws {
    let path = temporaryPath("sock")
    let serving = try Serving(ServerOptions(unixPath: path)) { exchange in
      exchange.say("\(exchange.head.path) \(exchange.head.fields.first("host") ?? "")")
    }
    let calling = try Calling(way)
    let outcome = await calling.outcome(
      UpstreamRequest(method: "GET", url: "http://anyllm/admin", unixSocketPath: path))
    #expect(outcome == "200 /admin anyllm")
    serving.server.close()
  }
}

extension UpstreamClient {
  /// Waits without anything being awaited of the upstream.
  func pause(_ duration: Duration) async {
    try? await Task.sleep(for: duration)
  }
}
