import Dialects

/// Nanoseconds for one round of the work: the best of several series, each so short that some of them
/// find the machine quiet.
func nanoseconds(rounds: Int, series: Int = 9, _ work: (Int) -> Void) -> Double {
  let clock = ContinuousClock()
  var best = Double.infinity
  work(rounds / 10 + 1)
  for _ in 0..<series {
    let (seconds, attoseconds) = clock.measure { work(rounds) }.components
    best = min(best, (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(rounds))
  }
  return best
}

/// Streams of the usual length, from beginning to end of their usual chunks.
enum StreamWork {
  private static let stage = ReplyStage(
    model: "claude-sonnet-4-5", requestID: "req_bench", createdAt: 1_763_730_000)
  private static let rounds = 2000
  private static let series = 60

  /// A chunk read, and written for a client; one of its own language is only read.
  static func translate(
    _ source: StreamWorkload.Source, _ kind: StreamWorkload.Kind, to client: Dialect
  ) -> Double {
    let workload = StreamWorkload(source, kind)
    let isMeter = client == source.own
    var size = 0
    let time = nanoseconds(rounds: rounds, series: series) { rounds in
      var decoder = source.makeDecoder(for: client)
      var encoder = client.codec.makeStreamEncoder(stage)
      var events: [ReplyEvent] = []
      var out: [UInt8] = []
      decoder.feed(workload.opening, into: &events)
      encoder.encode(events, into: &out)
      for _ in 0..<rounds {
        events.removeAll(keepingCapacity: true)
        out.removeAll(keepingCapacity: true)
        decoder.feed(workload.chunk, into: &events)
        if isMeter {
          if source == .invoke { out = decoder.takeVisible() }
        } else {
          encoder.encode(events, into: &out)
        }
        size &+= events.count &+ out.count
      }
    }
    precondition(size > 0, "\(source) to \(client) is silent")
    return time
  }

  /// Chunks of no fixed shape: OpenAI pads each with random letters.
  static func readPadded() -> Double {
    nanoseconds(rounds: rounds, series: series) { rounds in
      var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: false)
      var events: [ReplyEvent] = []
      decoder.feed(StreamWorkload(.chat, .text).opening, into: &events)
      for round in 0..<rounds {
        events.removeAll(keepingCapacity: true)
        decoder.feed(Workload.paddedChunks[round & 7], into: &events)
      }
    }
  }

  /// A chunk read beside a stream whose usage is kept from the client.
  static func hideUsage() -> Double {
    let chunk = StreamWorkload(.chat, .text).chunk
    var seen = 0
    let time = nanoseconds(rounds: rounds, series: series) { rounds in
      var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: true)
      var events: [ReplyEvent] = []
      for _ in 0..<rounds {
        events.removeAll(keepingCapacity: true)
        decoder.feed(chunk, into: &events)
        seen &+= decoder.takeVisible().count
      }
    }
    precondition(seen > 0)
    return time
  }
}

/// Requests.
enum RequestWork {
  /// A request read, and written for an upstream; one of its own language is passed on.
  static func translate(_ source: Dialect, to upstream: Dialect) throws -> Double {
    let bytes = try Workload.request(in: source)
    let target = Workload.target(upstream)
    var size = 0
    let time = nanoseconds(rounds: 5, series: 200) { rounds in
      for _ in 0..<rounds {
        guard let document = try? JSONDocument(bytes) else {
          preconditionFailure("the request of the benchmark is no JSON")
        }
        if source == upstream {
          size = (try? source.codec.passRequest(document, for: target).body.count) ?? 0
        } else if let conversation = try? source.codec.decodeRequest(document) {
          size = (try? upstream.codec.encodeRequest(conversation, for: target).body.count) ?? 0
        }
      }
    }
    precondition(size > 0, "the request of the benchmark is refused")
    return time
  }
}
