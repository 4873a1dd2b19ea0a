import Synchronization
import TestSupport
import Testing
import Transport

@Suite("A client that leaves")
struct ServerDepartureTests {
  private static let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"

  @Test(arguments: [false, true])
  func `is noticed while its reply is being thought about`(withReset: Bool) async throws {
    let begun = Latch<Bool>()
    let gone = Latch<Bool>()
    let serving = try Serving { exchange in
      exchange.onClientGone { gone.open() }
      _ = await exchange.bodyText()
      begun.open()
      while !exchange.isClientGone { await exchange.loop.sleep(for: .milliseconds(1)) }
    }
    let isGone = try await blocking {
      let client = try serving.connect()
      client.send(Self.post)
      _ = begun.wait()
      if withReset { client.reset() } else { client.close() }
      return gone.wait()
    }
    #expect(isGone == true)
    #expect(Patience.wait { serving.server.connectionCount == 0 })
  }

  @Test func `is noticed while a stream is silent`() async throws {
    let gone = Latch<Bool>()
    let serving = try Serving { exchange in
      exchange.onClientGone { gone.open() }
      exchange.startStreaming(status: 200, fields: [:])
      exchange.send([0x61])
      while !exchange.isClientGone { await exchange.loop.sleep(for: .milliseconds(1)) }
    }
    let isGone = try await blocking {
      let client = try serving.connect()
      client.send(Self.post)
      _ = try client.readHead()
      _ = try client.readChunk()
      client.close()
      return gone.wait()
    }
    #expect(isGone == true)
    #expect(Patience.wait { serving.server.connectionCount == 0 })
  }

  @Test func `is noticed while it is being written to`() async throws {
    let gone = Latch<Bool>()
    let isFull = Latch<Bool>()
    let serving = try Serving { exchange in
      exchange.onClientGone { gone.open() }
      exchange.startStreaming(status: 200, fields: [:])
      var sent = 0
      while !exchange.isClientGone {
        exchange.send([UInt8](repeating: 0x61, count: 65_536))
        sent += 65_536
        if sent > 1 << 20 { isFull.open() }
        await exchange.waitUntilDrained(below: 1 << 20)
      }
    }
    let isGone = try await blocking {
      let client = try serving.connect(receiveBuffer: 4096)
      client.send(Self.post)
      _ = isFull.wait()
      client.close()
      return gone.wait()
    }
    #expect(isGone == true)
    #expect(Patience.wait { serving.server.connectionCount == 0 })
  }

  @Test func `is noticed while its body is being read`() async throws {
    let outcome = Latch<String>()
    let gone = Latch<Bool>()
    let serving = try Serving { exchange in
      exchange.onClientGone { gone.open() }
      outcome.bring(await exchange.bodyText())
    }
    let (text, isGone) = try await blocking {
      let client = try serving.connect()
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n012")
      client.close()
      return (outcome.wait(), gone.wait())
    }
    #expect(text == "clientGone")
    #expect(isGone == true)
  }

  @Test func `is noticed before its body is asked for`() async throws {
    let gone = Latch<Bool>()
    let outcome = Latch<String>()
    let serving = try Serving { exchange in
      exchange.onClientGone { gone.open() }
      while !exchange.isClientGone { await exchange.loop.sleep(for: .milliseconds(1)) }
      outcome.bring(await exchange.bodyText())
    }
    let (isGone, text) = try await blocking {
      let client = try serving.connect()
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
      client.close()
      return (gone.wait(), outcome.wait())
    }
    #expect(isGone == true)
    #expect(text == "clientGone")
  }

  @Test func `is told at once to those who ask late, and never after a reply`() async throws {
    let late = Latch<Bool>()
    let exchanges = Mutex<[ServerExchange]>([])
    let wrong = Atomic<Bool>(false)
    let serving = try Serving { exchange in
      if exchange.head.method == "GET" {
        exchange.onClientGone { wrong.store(true, ordering: .relaxed) }
        return exchange.say("fine")
      }
      while !exchange.isClientGone { await exchange.loop.sleep(for: .milliseconds(1)) }
      exchange.onClientGone { late.open() }
      exchanges.withLock { $0.append(exchange) }
    }
    let isTold = try await blocking {
      let first = try serving.connect()
      first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try first.readReply()
      first.close()
      let client = try serving.connect()
      client.send(Self.post)
      client.close()
      return late.wait()
    }
    #expect(isTold == true)
    #expect(Patience.wait { serving.server.connectionCount == 0 })
    let wasWronglyTold = wrong.load(ordering: .relaxed)
    #expect(!wasWronglyTold)
  }

  @Test func `slow, holds its stream up and gets all of it in the end`() async throws {
    let queued = Atomic<Int>(0)
    let total = 16 << 20
    let isStuck = Latch<Bool>()
    let serving = try Serving { exchange in
      exchange.startStreaming(status: 200, fields: [:])
      var byte: UInt8 = 0
      while queued.load(ordering: .relaxed) < total {
        exchange.send([UInt8](repeating: byte, count: 32_768))
        byte &+= 1
        queued.add(32_768, ordering: .relaxed)
        await exchange.waitUntilDrained(below: 262_144)
      }
      exchange.finish()
    }
    let (held, body) = try await blocking {
      let client = try serving.connect(receiveBuffer: 16_384)
      client.send(Self.post)
      _ = try client.readHead()
      // It is stuck when nothing is queued any more for a while.
      var last = -1
      _ = Patience.wait {
        defer { last = queued.load(ordering: .relaxed) }
        for _ in 0..<20 {
          let now = queued.load(ordering: .relaxed)
          if now != last { return false }
          isStuck.open()
        }
        return last > 0
      }
      let held = queued.load(ordering: .relaxed)
      var body: [UInt8] = []
      while let chunk = try client.readChunk(), !chunk.isEmpty { body += chunk }
      return (held, body)
    }
    #expect(held < total)
    #expect(body.count == total)
    #expect(
      (0..<(total / 32_768)).allSatisfy { body[$0 * 32_768] == UInt8(truncatingIfNeeded: $0) })
  }
}
