import Synchronization
import TestSupport
import Testing
import Transport

@Suite("A relay of a server and a call")
struct RelayTests {
  /// Relays every request to `url` the way a gateway does.
  private static func relaying(to url: String, _ way: Way) throws -> (Serving, Latch<String>) {
    let loop = try EventLoop(name: "relay")
    let client = UpstreamClient(loop: loop, isCurlOnly: way == .curl)
    let ending = Latch<String>()
    // The client lives on another loop than the server's: waking works across threads too.
    let serving = try Serving { exchange in
      let cancellation = Cancellation()
      exchange.onClientGone { cancellation.cancel() }
      do throws(TransportFailure) {
        let response = try await client.send(
          UpstreamRequest(method: "GET", url: url), cancellation: cancellation)
        exchange.startStreaming(status: response.status, fields: response.fields)
        loop: while true {
          switch try await response.next(within: .seconds(60)) {
          case .bytes(let bytes):
            exchange.send(bytes)
            await exchange.waitUntilDrained(below: 262_144)
          case .end: break loop
          case .silence: continue
          }
        }
        exchange.finish()
        ending.bring("end")
      } catch {
        exchange.abort()
        ending.bring("\(error.kind)")
      }
    }
    return (serving, ending)
  }

  @Test(arguments: Way.allCases)
  func `holds the upstream up for a slow client and loses nothing`(way: Way) async throws {
    let total = 48 << 20
    let sent = Atomic<Int>(0)
    let upstream = try RawListener { connection, _ in
      _ = try? connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\n\r\n")
      for _ in 0..<(total >> 16) {
        guard connection.send([UInt8](repeating: 0x61, count: 65_536)) else { return }
        sent.add(65_536, ordering: .relaxed)
      }
    }
    let (serving, _) = try Self.relaying(to: upstream.url, way)
    let (held, reply) = try await blocking {
      let client = try serving.connect(receiveBuffer: 16_384)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = Patience.wait { sent.load(ordering: .relaxed) > 0 }
      var last = -1
      _ = Patience.wait {
        defer { last = sent.load(ordering: .relaxed) }
        for _ in 0..<200 where last == sent.load(ordering: .relaxed) { Patience.breathe() }
        return last == sent.load(ordering: .relaxed)
      }
      return (last, try client.readReply())
    }
    #expect(held < total)
    #expect(reply.body.count == total)
    #expect(reply.isWhole)
  }

  @Test(arguments: Way.allCases)
  func `ends the call when the client leaves`(way: Way) async throws {
    let closed = Latch<Bool>()
    let upstream = try RawListener { connection, _ in
      _ = try? connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\n\r\nfirst")
      if connection.receive().isEmpty { closed.open() }
    }
    let (serving, ending) = try Self.relaying(to: upstream.url, way)
    let (isClosed, how) = try await blocking {
      let client = try serving.connect()
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try client.readHead()
      _ = try client.readChunk()
      client.close()
      return (closed.wait(), ending.wait())
    }
    #expect(isClosed == true)
    #expect(how == "cancelled")
  }

  @Test(arguments: Way.allCases)
  func `shows the client that the upstream was cut`(way: Way) async throws {
    let upstream = try RawListener.saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    let (serving, ending) = try Self.relaying(to: upstream.url, way)
    let (reply, how) = try await blocking {
      let client = try serving.connect()
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      return (try client.readReply(), ending.wait())
    }
    #expect(reply.text == "half")
    #expect(!reply.isWhole)
    #expect(how == "truncated")
  }
}
