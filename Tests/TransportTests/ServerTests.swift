import Synchronization
import TestSupport
import Testing
import Transport

@Suite("A server")
struct ServerTests {
  private static let get = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n"

  @Test func `shows the head as it came and sends the reply with its fields`() async throws {
    let serving = try Serving { exchange in
      let head = exchange.head
      let what =
        "\(head.method) \(head.path) \(head.query ?? "-") \(head.fields.first("x-y") ?? "-")"
      exchange.say(what, status: 201, ["x-one": "1", "Content-Length": "999", "x-two": "2"])
    }
    let reply = try await blocking {
      let client = try serving.connect()
      client.send("GET /a%2Fb/%20?q=%41&r HTTP/1.1\r\nHost: x\r\nX-Y: z z\r\n\r\n")
      return try client.readReply()
    }
    #expect(reply.status == 201)
    #expect(reply.text == "GET /a%2Fb/%20 q=%41&r z z")
    #expect(reply.field("x-one") == "1" && reply.field("x-two") == "2")
  }

  @Test func `keeps a connection for the next request`() async throws {
    let count = Atomic<Int>(0)
    let serving = try Serving { exchange in
      let number = count.add(1, ordering: .relaxed).newValue
      _ = await exchange.bodyText()
      exchange.say("\(number)")
    }
    let (texts, connections) = try await blocking {
      let client = try serving.connect()
      var texts: [String] = []
      for _ in 0..<3 {
        client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
        texts.append(try client.readReply().text)
        client.send(Self.get)
        texts.append(try client.readReply().text)
      }
      return (texts, serving.server.connectionCount)
    }
    #expect(texts == ["1", "2", "3", "4", "5", "6"])
    #expect(connections == 1)
  }

  @Test func `answers pipelined requests in their order`() async throws {
    let serving = try Serving { exchange in
      if exchange.head.path == "/slow" { await exchange.loop.sleep(for: .milliseconds(20)) }
      exchange.say(exchange.head.path)
    }
    let texts = try await blocking {
      let client = try serving.connect()
      client.send(
        ["/slow", "/b", "/c"].map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
      return try (0..<3).map { _ in try client.readReply().text }
    }
    #expect(texts == ["/slow", "/b", "/c"])
  }

  @Test(arguments: [1, 7, 1000, 200_000])
  func `reads a body whatever pieces it comes in`(piece: Int) async throws {
    let body = [UInt8]((0..<200_000).map { UInt8($0 % 251) })
    let serving = try Serving { exchange in
      let budget = ByteBudget(limit: 1 << 20)
      let read = try? await exchange.readBody(limit: 1 << 20, budget: budget)
      exchange.say(read == body ? "same" : "different")
    }
    let texts = try await blocking {
      let client = try serving.connect()
      client.send("POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n")
      let small = max(piece, 1000)
      for start in stride(from: 0, to: body.count, by: small) {
        client.send(Array(body[start..<min(start + small, body.count)]))
      }
      let first = try client.readReply().text
      client.send("POST /chunked HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      var chunked: [UInt8] = []
      for start in stride(from: 0, to: body.count, by: piece) {
        let chunk = body[start..<min(start + piece, body.count)]
        chunked += Array("\(String(chunk.count, radix: 16));x=y\r\n".utf8) + chunk
        chunked += Array("\r\n".utf8)
      }
      client.send(chunked + Array("0\r\nTrailer: t\r\n\r\n".utf8))
      return [first, try client.readReply().text]
    }
    #expect(texts == ["same", "same"])
  }

  @Test func `streams a reply chunk by chunk and keeps the connection`() async throws {
    let goOn = (0..<3).map { _ in Latch<Bool>() }
    let serving = try Serving { exchange in
      guard exchange.head.path == "/stream" else { return exchange.say("after") }
      exchange.startStreaming(status: 200, fields: ["content-type": "text/event-stream"])
      for number in 0..<3 {
        exchange.send(Array("piece \(number)".utf8))
        while !goOn[number].isThere { await exchange.loop.sleep(for: .milliseconds(1)) }
      }
      exchange.finish()
    }
    let (head, chunks, after) = try await blocking {
      let client = try serving.connect()
      client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
      let head = try client.readHead()
      var chunks: [String] = []
      for number in 0..<3 {
        chunks.append(String(decoding: try client.readChunk() ?? [], as: UTF8.self))
        goOn[number].open()
      }
      chunks.append(String(decoding: try client.readChunk() ?? [1], as: UTF8.self))
      client.send(Self.get)
      return (head, chunks, try client.readReply().text)
    }
    #expect(head.field("content-type") == "text/event-stream")
    #expect(chunks == ["piece 0", "piece 1", "piece 2", ""])
    #expect(after == "after")
  }

  @Test func `shows an aborted stream as cut`() async throws {
    let serving = try Serving { exchange in
      exchange.startStreaming(status: 200, fields: [:])
      exchange.send(Array("half".utf8))
      exchange.abort()
    }
    let reply = try await blocking {
      let client = try serving.connect()
      client.send(Self.get)
      return try client.readReply()
    }
    #expect(reply.text == "half" || reply.text.isEmpty)
    #expect(!reply.isWhole)
  }

  @Test func `shows a responder that returns in the middle of its stream as cut`() async throws {
    let serving = try Serving { exchange in
      exchange.startStreaming(status: 200, fields: [:])
    }
    let reply = try await blocking {
      let client = try serving.connect()
      client.send(Self.get)
      return try client.readReply()
    }
    #expect(!reply.isWhole)
  }

  @Test func `answers for a responder that returns without a reply`() async throws {
    let serving = try Serving { _ in }
    let reply = try await blocking {
      let client = try serving.connect()
      client.send(Self.get)
      return try client.readReply()
    }
    #expect(reply.status == 500)
  }

  @Test func `takes a reply from any thread`() async throws {
    let serving = try Serving { exchange in
      await withCheckedContinuation { continuation in
        OwnThread.start {
          exchange.say("from elsewhere")
          continuation.resume()
        }
      }
    }
    let reply = try await blocking {
      let client = try serving.connect()
      client.send(Self.get)
      return try client.readReply()
    }
    #expect(reply.text == "from elsewhere")
  }

  @Test func `lets no field of a reply make another line`() async throws {
    let serving = try Serving { exchange in
      exchange.say("ok", ["x-a": "1\r\nx-evil: 2", "x b": "3", "x-c\r\nx-evil": "4"])
    }
    let reply = try await blocking {
      let client = try serving.connect()
      client.send(Self.get)
      return try client.readReply()
    }
    #expect(reply.field("x-a") == "1  x-evil: 2")
    #expect(reply.field("x-evil") == nil)
    #expect(!reply.fields.contains { $0.name.hasPrefix("x b") })
  }

  @Test func `gives no body to HEAD and closes for HTTP 1.0`() async throws {
    let serving = try Serving { exchange in
      if exchange.head.method == "HEAD" { return exchange.say("body") }
      exchange.startStreaming(status: 200, fields: [:])
      exchange.send(Array("all of it".utf8))
      exchange.finish()
    }
    let (head, old) = try await blocking {
      let client = try serving.connect()
      client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
      let head = try client.readReply(toHead: true)
      let other = try serving.connect()
      other.send("GET / HTTP/1.0\r\n\r\n")
      return (head, try other.readReply())
    }
    #expect(head.field("content-length") == "4" && head.body.isEmpty)
    #expect(old.text == "all of it" && old.field("transfer-encoding") == nil)
  }

  @Test func `tells who is at the other end of a Unix socket`() async throws {
    let path = temporaryPath("sock")
    let serving = try Serving(ServerOptions(unixPath: path)) { exchange in
      exchange.say("\(exchange.head.peer)")
    }
    let (reply, peer) = try await blocking {
      let client = try RawConnection.connect(unixPath: path)
      client.send(Self.get)
      return (try client.readReply(), RawConnection.me)
    }
    #expect(reply.text == "\(Peer.unix(uid: peer.uid, pid: peer.pid))")
    serving.server.close()
    #expect(throws: SocketError.self) { _ = try RawConnection.connect(unixPath: path) }
  }

  @Test func `shares its port between loops`() async throws {
    let names = Mutex<Set<String>>([])
    let serving = try Serving(loops: 2) { exchange in
      names.withLock { _ = $0.insert(exchange.loop.name) }
      exchange.say("ok")
    }
    try await blocking {
      for _ in 0..<200 where names.withLock({ $0.count < 2 }) {
        let client = try serving.connect()
        client.send(Self.get)
        _ = try client.readReply()
      }
    }
    #expect(names.withLock { $0 } == ["test-0", "test-1"])
  }

  @Test func `refuses to start where another listens`() throws {
    let first = try Serving { $0.say("") }
    let path = temporaryPath("sock")
    let second = try Serving(ServerOptions(unixPath: path)) { $0.say("") }
    #expect(throws: TransportFailure.self) {
      _ = try Serving(ServerOptions(unixPath: path)) { $0.say("") }
    }
    #expect(throws: TransportFailure.self) {
      _ = try Serving(ServerOptions(host: "no.such.host.invalid")) { $0.say("") }
    }
    #expect(first.server.boundPort > 0 && second.server.boundPort == 0)
  }
}
