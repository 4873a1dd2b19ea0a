import Synchronization
import TestSupport
import Testing
import Transport

@Suite("A server's limits")
struct ServerLimitTests {
  private static let megabytes32 = 32 << 20

  @Test func `refuse without reading the body, and the client sees why`() async throws {
    let serving = try Serving { exchange in
      exchange.say("no key", status: 401)
    }
    let reply = try await blocking {
      let client = try serving.connect()
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(Self.megabytes32)\r\n\r\n")
      // Far more than the sockets hold: it would block if nobody took it or refused it.
      client.send([UInt8](repeating: 0x61, count: Self.megabytes32))
      return (try client.readReply(), client.receive())
    }
    #expect(reply.0.status == 401)
    #expect(reply.0.text == "no key")
    #expect(reply.1.isEmpty)
  }

  @Test func `answer an expectation with what the responder decides`() async throws {
    let serving = try Serving { exchange in
      if exchange.head.path == "/no" { return exchange.say("no key", status: 401) }
      if exchange.head.path == "/late" {
        await exchange.loop.sleep(for: .milliseconds(5))
        return exchange.say("no credit", status: 402)
      }
      await exchange.loop.sleep(for: .milliseconds(5))
      exchange.say(await exchange.bodyText())
    }
    let statuses = try await blocking {
      var statuses: [Int] = []
      for path in ["/no", "/late", "/yes"] {
        let client = try serving.connect()
        client.send(
          "POST \(path) HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        let first = try client.readReply()
        statuses.append(first.status)
        guard first.status == 100 else { continue }
        client.send("hi")
        let second = try client.readReply()
        statuses.append(second.text == "hi" ? second.status : 0)
      }
      return statuses
    }
    #expect(statuses == [401, 402, 100, 200])
  }

  @Test func `hold for a body of any framing`() async throws {
    let serving = try Serving { exchange in
      let text = await exchange.bodyText(limit: 10)
      exchange.say(text, status: text == "tooLarge" ? 413 : 200)
    }
    let replies = try await blocking {
      try [
        "Content-Length: 10\r\n\r\n0123456789",
        "Content-Length: 11\r\n\r\n01234567890",
        "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n01234567890",
      ].map { rest in
        let client = try serving.connect()
        client.send("POST / HTTP/1.1\r\nHost: x\r\n\(rest)")
        let reply = try client.readReply()
        return "\(reply.status) \(reply.text)"
      }
    }
    #expect(
      replies == [
        "200 0123456789", "413 tooLarge", "200 0123456789", "413 tooLarge", "413 tooLarge",
      ])
  }

  @Test func `give the budget back when the exchange ends`() async throws {
    let budget = ByteBudget(limit: 100)
    let holds = Latch<Bool>()
    let goOn = Latch<Bool>()
    let serving = try Serving { exchange in
      let text = await exchange.bodyText(budget: budget)
      if exchange.head.path == "/hold" {
        holds.open()
        while !goOn.isThere { await exchange.loop.sleep(for: .milliseconds(1)) }
      }
      exchange.say(text)
    }
    let texts = try await blocking {
      func request(_ path: String, _ count: Int) -> String {
        let body = String(repeating: "x", count: count)
        return "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(count)\r\n\r\n\(body)"
      }
      let first = try serving.connect()
      first.send(request("/hold", 60))
      _ = holds.wait()
      let used = budget.used
      let second = try serving.connect()
      second.send(request("/", 60))
      let refused = try second.readReply().text
      goOn.open()
      _ = try first.readReply()
      _ = Patience.wait { budget.used == 0 }
      let third = try serving.connect()
      third.send(request("/", 60))
      return ["\(used)", refused, "\(try third.readReply().text.count)"]
    }
    #expect(texts == ["60", "budgetExhausted", "60"])
  }

  @Test func `end what a client sends too slowly`() async throws {
    let endings = Mutex<[String]>([])
    let options = ServerOptions(
      idleTimeout: .milliseconds(300), headerTimeout: .milliseconds(200))
    let serving = try Serving(options) { exchange in
      let text = await exchange.bodyText()
      endings.withLock { $0.append(text) }
      exchange.say(text)
    }
    let rests = try await blocking {
      try [
        "", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234",
      ].map { text in
        let client = try serving.connect()
        client.send(text)
        return client.receiveAll()
      }
    }
    #expect(rests == [[], [], [], []])
    #expect(Patience.wait { endings.withLock { $0 } == ["clientGone"] })
  }

  @Test func `end a client that does not take its reply`() async throws {
    let gone = Latch<Bool>()
    let serving = try Serving(ServerOptions(idleTimeout: .milliseconds(300))) { exchange in
      exchange.onClientGone { gone.open() }
      exchange.startStreaming(status: 200, fields: [:])
      while !exchange.isClientGone {
        exchange.send([UInt8](repeating: 0x61, count: 65_536))
        await exchange.waitUntilDrained(below: 131_072)
      }
    }
    let isGone = try await blocking {
      let client = try serving.connect(receiveBuffer: 4096)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      let isGone = gone.wait()
      client.close()
      return isGone
    }
    #expect(isGone == true)
  }

  @Test func `hold for headers`() async throws {
    let options = ServerOptions(headerBytes: 4096)
    let serving = try Serving(options) { $0.say("fine") }
    let statuses = try await blocking {
      try [100, 3000, 5000, 100_000].map { count in
        let client = try serving.connect()
        let long = String(repeating: "x", count: count)
        client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: \(long)\r\n\r\n")
        return try client.readHead().status
      }
    }
    #expect(statuses == [200, 200, 431, 431])
  }

  @Test func `turn away more connections than there may be`() async throws {
    let serving = try Serving(ServerOptions(maximumConnections: 2)) { $0.say("fine") }
    let statuses = try await blocking {
      let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
      var statuses: [Int] = []
      var clients: [RawConnection] = []
      for _ in 0..<3 {
        let client = try serving.connect()
        client.send(get)
        statuses.append((try? client.readReply().status) ?? 0)
        clients.append(client)
      }
      clients[0].close()
      _ = Patience.wait { serving.server.connectionCount < 2 }
      let client = try serving.connect()
      client.send(get)
      return statuses + [try client.readReply().status]
    }
    #expect(statuses[0...1] == [200, 200])
    #expect(statuses[2] == 503 || statuses[2] == 0)
    #expect(statuses[3] == 200)
  }

  @Test func `let a stream finish after accepting has stopped`() async throws {
    let goOn = Latch<Bool>()
    let serving = try Serving { exchange in
      guard exchange.head.path == "/stream" else { return exchange.say("fine") }
      exchange.startStreaming(status: 200, fields: [:])
      exchange.send([0x61])
      while !goOn.isThere { await exchange.loop.sleep(for: .milliseconds(1)) }
      exchange.send([0x62])
      exchange.finish()
    }
    let (chunks, isRefused, last, end) = try await blocking {
      let client = try serving.connect()
      client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try client.readHead()
      var chunks = [try client.readChunk()]
      serving.server.stopAccepting()
      let isRefused = (try? serving.connect()) == nil
      goOn.open()
      chunks.append(try client.readChunk())
      chunks.append(try client.readChunk())
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      let last = try client.readReply()
      return (chunks, isRefused, last, client.receive())
    }
    #expect(chunks == [[0x61], [0x62], []])
    #expect(isRefused)
    #expect(last.status == 200 && last.field("connection")?.lowercased() == "close")
    #expect(end.isEmpty)
  }
}
