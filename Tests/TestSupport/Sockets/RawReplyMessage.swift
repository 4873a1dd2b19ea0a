/// A reply as a client reads it off a connection.
package struct RawReplyMessage: Sendable {
  package var status: Int
  /// Names in lower case.
  package var fields: [(name: String, value: String)]
  package var body: [UInt8]
  /// The pieces of a chunked body, as they were cut.
  package var chunks: [[UInt8]] = []
  /// Whether a chunked body had its last chunk.
  package var isWhole = true

  package var text: String { String(decoding: body, as: UTF8.self) }

  /// The first value of a field, by its name in lower case.
  package func field(_ name: String) -> String? {
    fields.first { $0.name == name }?.value
  }
}

extension RawConnection {
  /// Reads one reply, head and body.
  package func readReply(toHead: Bool = false) throws -> RawReplyMessage {
    var reply = try readHead()
    if toHead || reply.status == 204 || reply.status == 304 || reply.status < 200 { return reply }
    if reply.field("transfer-encoding") == "chunked" {
      while let chunk = try readChunk() {
        if chunk.isEmpty { return reply }
        reply.chunks.append(chunk)
        reply.body += chunk
      }
      reply.isWhole = false
    } else if let length = reply.field("content-length").flatMap({ Int($0) }) {
      reply.body = try receive(count: length)
    } else {
      reply.body = receiveAll()
    }
    return reply
  }

  /// Reads the head of a reply.
  package func readHead() throws -> RawReplyMessage {
    let head = try receive(until: "\r\n\r\n")
    let lines = head.split(separator: "\r\n")
    guard let first = lines.first else { throw SocketError("no status line") }
    let words = first.split(separator: " ")
    guard words.count >= 2, let status = Int(words[1]) else {
      throw SocketError("not a status line: \(first)")
    }
    let fields = lines.dropFirst().map { line in
      let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let value = halves.count > 1 ? halves[1].drop { $0 == " " } : ""
      return (name: halves[0].lowercased(), value: String(value))
    }
    return RawReplyMessage(status: status, fields: fields, body: [])
  }

  /// Reads one chunk: empty when it is the last, nothing when the stream was cut.
  package func readChunk() throws -> [UInt8]? {
    guard let line = try? receive(until: "\r\n") else { return nil }
    guard let size = Int(line.dropLast(1), radix: 16) else {
      throw SocketError("not a chunk's size: \(line)")
    }
    guard let data = try? receive(count: size + 2) else { return nil }
    return Array(data.dropLast(2))
  }
}
