import Synchronization
import TestSupport
import Testing
import Transport

@Suite("A server refuses")
struct ServerRefusalTests {
  /// Requests that two readers could understand differently, or that nobody should.
  static let ambiguous: [(what: String, request: String)] = [
    (
      "length and coding",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    (
      "coding and length",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
    ),
    (
      "two lengths",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"
    ),
    (
      "two equal lengths",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"
    ),
    ("a list of lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc"),
    ("a signed length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc"),
    ("a hexadecimal length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc"),
    ("space before a colon", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc"),
    ("space before any colon", "GET / HTTP/1.1\r\nHost: x\r\nX-Y : 3\r\n\r\n"),
    ("an unknown coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nabc"),
    (
      "a list of codings",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
    ),
    (
      "chunked, spelt wrong",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"
    ),
    (
      "two codings",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"
    ),
    (
      "a coding in HTTP/1.0",
      "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    ("two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
    ("a NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a control byte in the target", "GET /a\u{1}b HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a NUL in a value", "GET / HTTP/1.1\r\nHost: x\r\nX-Y: a\0b\r\nX-Z: c\r\n\r\n"),
    ("a NUL in the last value", "GET / HTTP/1.1\r\nHost: x\r\nX-Y: a\0b\r\n\r\n"),
    ("a control byte in a value", "GET / HTTP/1.1\r\nHost: x\r\nX-Y: a\u{7}b\r\n\r\n"),
    ("a bare carriage return in a value", "GET / HTTP/1.1\r\nHost: x\r\nX-Y: a\rb\r\n\r\n"),
    ("a control byte in a name", "GET / HTTP/1.1\r\nHost: x\r\nX\u{1}Y: a\r\n\r\n"),
    ("an empty name", "GET / HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n"),
    ("a folded line", "GET / HTTP/1.1\r\nHost: x\r\nX-Y: a\r\n b\r\n\r\n"),
    ("a method that is no word", "G(T / HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("lines that end in LF", "GET / HTTP/1.1\nHost: x\n\n"),
    ("one line that ends in LF", "GET / HTTP/1.1\r\nHost: x\nX-Y: z\r\n\r\n"),
    ("two spaces in the request line", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("no version", "GET /\r\nHost: x\r\n\r\n"),
    ("a line without a colon", "GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"),
  ]

  @Test(arguments: ambiguous.map(\.what))
  func `what could be understood in two ways`(what: String) async throws {
    let request = try #require(Self.ambiguous.first { $0.what == what }?.request)
    let answered = Atomic<Int>(0)
    let serving = try Serving { exchange in
      answered.add(1, ordering: .relaxed)
      exchange.say(await exchange.bodyText())
    }
    let (status, rest) = try await blocking {
      let client = try serving.connect()
      client.send(request)
      // Were the refused request's rest read as a request, this would be answered.
      client.send("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
      let reply = try client.readReply()
      return (reply.status, client.receiveAll())
    }
    #expect(status == 400)
    #expect(rest.isEmpty)
    let count = answered.load(ordering: .relaxed)
    #expect(count == 0)
  }

  @Test func `in the words of its options`() async throws {
    let options = ServerOptions(errorBody: { status, path, message in
      ("text/plain", Array("\(status) \(path) \(message.isEmpty)".utf8))
    })
    let serving = try Serving(options) { $0.say("fine") }
    let reply = try await blocking {
      let client = try serving.connect()
      client.send("GET /v1/messages?a=b HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n")
      return try client.readReply()
    }
    #expect(reply.text == "400 /v1/messages false")
    #expect(reply.field("content-type") == "text/plain")
  }

  @Test(arguments: [
    "zz\r\nabc\r\n0\r\n\r\n", "3\r\nabcdef\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n",
    "fffffffffffffffff\r\nabc\r\n", "\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n",
  ])
  func `a malformed chunk and ends the connection`(body: String) async throws {
    let outcome = Latch<String>()
    let serving = try Serving { exchange in
      let text = await exchange.bodyText()
      outcome.bring(text)
      exchange.say(text, status: 400)
    }
    let (rest, text) = try await blocking {
      let client = try serving.connect()
      client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
      let rest = String(decoding: client.receiveAll(), as: UTF8.self)
      return (rest, outcome.wait())
    }
    #expect(rest.hasPrefix("HTTP/1.1 400 "))
    #expect(rest.hasSuffix("malformed"))
    #expect(text == "malformed")
  }
}
