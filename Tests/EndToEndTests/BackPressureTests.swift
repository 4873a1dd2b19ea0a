import ControlPlane
import TestSupport
import Testing

@Suite("A client that does not read")
struct BackPressureTests {
  private static let pieces = 700
  private static let piece = String(repeating: "0123456789abcdef", count: 4096)

  /// A stream of 45 megabytes of text, more than sockets and buffers hold.
  static func longStream(in language: Language) -> ScriptedAnswer {
    var reply = ScriptedReply.text(piece)
    reply.pieceSize = piece.utf8.count
    var stream = language.reply(reply, isStreamed: true)
    let delta = stream.steps.firstIndex { step in
      if case .bytes(let bytes) = step { bytes.count > piece.utf8.count } else { false }
    }
    if let delta {
      let more = Array(repeating: stream.steps[delta], count: pieces - 1)
      stream.steps.insert(contentsOf: more, at: delta)
    }
    return stream
  }

  @Test(arguments: Way.all)
  func `stops the reading of its upstream, and then gets everything`(way: Way) async throws {
    let stream = Self.longStream(in: way.vendor)
    let size = stream.body.count
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(stream)
      let client = try await house.client(
        asking: way.request(isStreamed: true), at: way.client.path, receiveBuffer: 4096)
      try await upstream.sent(300_000, forRequest: 1)
      // It stands still when two looks, a while apart, see the same.
      var sent = 0
      try await eventually("the upstream standing still") {
        let before = sent
        try await Task.sleep(for: .milliseconds(200))
        sent = upstream.bytesSent(forRequest: 1)
        return sent == before
      }
      #expect(sent < size * 9 / 10)
      let head = try await client.head()
      #expect(head.status == 200)
      let body = try await client.body()
      let whole = Self.pieces * Self.piece.utf8.count
      #expect(body.count > whole)
      if way.isPassage, way.client == .anthropic { #expect(body == stream.body) }
      #expect(try await upstream.ending(ofRequest: 1) == .answered)
      #expect(try await house.records(1).first?.ending == "completed")
    }
  }

  @Test(arguments: Way.all)
  func `lets others be served meanwhile`(way: Way) async throws {
    try await House.live { house in
      let upstream = house.upstream(way.vendor)
      upstream.enqueue(
        Self.longStream(in: way.vendor), way.vendor.reply(.text("Fine"), isStreamed: false))
      let slow = try await house.client(
        asking: way.request(isStreamed: true), at: way.client.path, receiveBuffer: 4096)
      try await upstream.sent(300_000, forRequest: 1)
      let answer = try await house.ask(way)
      #expect(answer.text.contains("Fine"))
      slow.close()
    }
  }
}
