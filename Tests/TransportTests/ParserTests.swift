import Testing

@testable import Transport

@Suite("Messages cut anywhere")
struct ParserTests {
  /// What a reply came to, as text.
  private static func read(_ pieces: [ArraySlice<UInt8>]) -> String {
    var parser = ReplyParser(isHeadRequest: false)
    var output = ReplyParser.Output()
    do throws(ReplyParser.Malformed) {
      for piece in pieces {
        var failure: ReplyParser.Malformed?
        unsafe piece.withUnsafeBytes { bytes in
          do throws(ReplyParser.Malformed) {
            try unsafe parser.take(bytes, into: &output)
          } catch {
            failure = error
          }
        }
        if let failure { throw failure }
      }
    } catch {
      return "malformed"
    }
    let fields = output.head.map { head in
      "\(head.status) " + head.fields.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
    }
    let body = String(decoding: output.body, as: UTF8.self)
    return "\(fields ?? "-") \(body) \(parser.isComplete) \(parser.allowsReuse)"
  }

  static let replies: [(reply: String, meaning: String)] = [
    (
      "HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 3\r\n\r\nabc",
      "200 A=1;Content-Length=3 abc true true"
    ),
    ("HTTP/1.1 200\nA:1\nContent-Length: 0\n\n", "200 A=1;Content-Length=0  true true"),
    ("HTTP/1.1 204 No\r\n\r\n", "204   true true"),
    (
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na",
      "200 Connection=close;Content-Length=1 a true false"
    ),
    (
      "HTTP/1.0 200 OK\r\nConnection: x, Keep-Alive\r\nContent-Length: 1\r\n\r\na",
      "200 Connection=x, Keep-Alive;Content-Length=1 a true true"
    ),
    ("HTTP/1.1 200 OK\r\n\r\nto the end", "200  to the end false false"),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: t\r\n\r\n",
      "200 Transfer-Encoding=chunked abc0123456789 true true"
    ),
    (
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
      "200 Content-Length=1 a true true"
    ),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", "200 Content-Length=1 a true false"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", "malformed"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\na", "malformed"),
    ("HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "malformed"),
    ("HTTP/1.1 200 OK\r\n folded\r\n\r\n", "malformed"),
    ("HTTP/2 200 OK\r\n\r\n", "malformed"),
    ("HTTP/1.1 101 Switching\r\n\r\n", "malformed"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", "malformed"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", "malformed"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "malformed"),
  ]

  @Test(arguments: replies.map(\.reply))
  func `make the same reply`(reply: String) throws {
    let meaning = try #require(Self.replies.first { $0.reply == reply }?.meaning)
    let bytes = Array(reply.utf8)
    #expect(Self.read([bytes[...]]) == meaning)
    #expect(Self.read(bytes.indices.map { bytes[$0...$0] }) == meaning)
    for cut in bytes.indices {
      #expect(Self.read([bytes[..<cut], bytes[cut...]]) == meaning)
    }
  }

  /// What a body came to, as text.
  private static func decode(_ framing: BodyFraming, _ pieces: [ArraySlice<UInt8>]) -> String {
    var decoder = BodyDecoder(framing)
    var body: [UInt8] = []
    var rest = ""
    for piece in pieces {
      let isFine = unsafe piece.withUnsafeBytes { bytes -> Bool in
        var left = unsafe bytes
        do throws(BodyDecoder.Malformed) {
          while let data = try unsafe decoder.next(&left) { unsafe body.append(contentsOf: data) }
          rest += unsafe String(decoding: left, as: UTF8.self)
          return true
        } catch {
          return false
        }
      }
      if !isFine { return "malformed" }
    }
    return "\(String(decoding: body, as: UTF8.self)) \(decoder.isComplete) \(rest)"
  }

  static let bodies: [(framing: BodyFraming, body: String, meaning: String)] = [
    (.length(3), "abcGET", "abc true GET"),
    (.length(3), "ab", "ab false "),
    (.chunked, "3\r\nabc\r\n0\r\n\r\nGET", "abc true GET"),
    (
      .chunked, "1;a=b\r\nx\r\n0a\r\n0123456789\r\n0\r\nT: t\r\nU: u\r\n\r\nGET",
      "x0123456789 true GET"
    ),
    (.chunked, "0\r\n\r\n", " true "),
    (.chunked, "3\nabc\n0\n\n", "malformed"),
    (.chunked, "3\r\nabcd\r\n", "malformed"),
    (.chunked, " 3\r\nabc\r\n", "malformed"),
    (.chunked, "+3\r\nabc\r\n", "malformed"),
    (.chunked, ";x\r\nabc\r\n", "malformed"),
    (.chunked, "3\r\nabc\r\r\n", "malformed"),
    (.chunked, String(repeating: "0", count: 16) + "1\r\n", "malformed"),
  ]

  @Test(arguments: bodies.indices)
  func `make the same body`(index: Int) {
    let (framing, body, meaning) = Self.bodies[index]
    let bytes = Array(body.utf8)
    #expect(Self.decode(framing, [bytes[...]]) == meaning)
    #expect(Self.decode(framing, bytes.indices.map { bytes[$0...$0] }) == meaning)
    for cut in bytes.indices {
      #expect(Self.decode(framing, [bytes[..<cut], bytes[cut...]]) == meaning)
    }
  }

  @Test func `make the same request, found where it ends`() throws {
    let text =
      "POST /v1/x?a=b&c HTTP/1.1\r\nHost: y\r\nX-Empty:\r\nX-Padded: \t z \t\r\n"
      + "Connection: Keep-Alive , Close\r\nContent-Length: 12\r\n\r\n"
    let bytes = Array((text + "GET / HTTP/1.1\r\n\r\n").utf8)
    unsafe try bytes.withUnsafeBytes { all in
      for seen in 0..<text.utf8.count {
        for start in [0, max(0, seen - 1)] {
          let part = unsafe UnsafeRawBufferPointer(rebasing: all[..<seen])
          #expect(try unsafe RequestParser.end(of: part, from: start) == nil)
        }
        // Looking on from where the last look ended finds the same end.
        #expect(try unsafe RequestParser.end(of: all, from: max(0, seen - 1)) == text.utf8.count)
      }
      let whole = unsafe UnsafeRawBufferPointer(rebasing: all[..<text.utf8.count])
      let head = try unsafe RequestParser.parse(whole)
      #expect(head.method == "POST" && head.path == "/v1/x" && head.query == "a=b&c")
      #expect(head.framing == .length(12) && !head.keepsConnection && !head.isVersion10)
      #expect(
        head.fields == [
          "Host": "y", "X-Empty": "", "X-Padded": "z", "Connection": "Keep-Alive , Close",
          "Content-Length": "12",
        ])
    }
  }
}
