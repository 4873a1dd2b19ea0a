// Measures what the codecs cost: run it with `swift run -c release codec-bench`.
import Dialects
import Glibc

let stage = ReplyStage(
  model: "claude-sonnet-4-5", requestID: "req_bench", createdAt: 1_763_730_000)

/// Nanoseconds for one round of the work, the best of several series.
func nanoseconds(rounds: Int, _ work: (Int) -> Void) -> Double {
  let clock = ContinuousClock()
  var best = Double.infinity
  work(rounds / 10)
  for _ in 0..<7 {
    let time = clock.measure { work(rounds) }
    let (seconds, attoseconds) = time.components
    best = min(best, (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(rounds))
  }
  return best
}

/// One chunk to events, and from there to the client when it speaks another language.
func streaming(_ from: Dialect, to: Dialect?) -> Double {
  let opening = from == .chat ? Workload.chatOpening : Workload.anthropicOpening
  let chunk = from == .chat ? Workload.chatChunk : Workload.anthropicChunk
  var decoder = from.codec.makeStreamDecoder(hidingUsage: false)
  var encoder = to.map { $0.codec.makeStreamEncoder(stage) }
  var events: [ReplyEvent] = []
  var out: [UInt8] = []
  decoder.feed(opening, into: &events)
  encoder?.encode(events, into: &out)
  return nanoseconds(rounds: 400_000) { rounds in
    for _ in 0..<rounds {
      events.removeAll(keepingCapacity: true)
      out.removeAll(keepingCapacity: true)
      decoder.feed(chunk, into: &events)
      encoder?.encode(events, into: &out)
    }
  }
}

/// Chunks of no fixed shape: OpenAI pads each with random letters.
func padded() -> Double {
  var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: false)
  var events: [ReplyEvent] = []
  decoder.feed(Workload.chatOpening, into: &events)
  return nanoseconds(rounds: 400_000) { rounds in
    for round in 0..<rounds {
      events.removeAll(keepingCapacity: true)
      decoder.feed(Workload.paddedChunks[round & 7], into: &events)
    }
  }
}

/// A chunk read beside a stream whose usage is kept from the client.
func hiding() -> Double {
  var decoder = Dialect.chat.codec.makeStreamDecoder(hidingUsage: true)
  var events: [ReplyEvent] = []
  var seen = 0
  let time = nanoseconds(rounds: 400_000) { rounds in
    for _ in 0..<rounds {
      events.removeAll(keepingCapacity: true)
      decoder.feed(Workload.chatChunk, into: &events)
      seen &+= decoder.takeVisible().count
    }
  }
  precondition(seen > 0)
  return time
}

func translation() throws -> Double {
  let target = Target(model: "gpt-4o-mini")
  var size = 0
  let time = nanoseconds(rounds: 400) { rounds in
    for _ in 0..<rounds {
      guard let document = try? JSONDocument(Workload.request),
        let conversation = try? Dialect.anthropic.codec.decodeRequest(document),
        let request = try? Dialect.chat.codec.encodeRequest(conversation, for: target)
      else { preconditionFailure("the request of the benchmark is refused") }
      size = request.body.count
    }
  }
  precondition(size > 0)
  return time
}

/// Measures one row, unless the words on the command line ask for others.
func row(_ name: String, _ unit: String, _ measure: () throws -> Double) rethrows {
  let wanted = CommandLine.arguments.dropFirst()
  guard wanted.isEmpty || wanted.contains(where: { name.contains($0) }) else { return }
  let number = String(Int(try measure().rounded()))
  print(
    name + String(repeating: " ", count: 44 - name.count)
      + String(repeating: " ", count: 7 - number.count) + number + " " + unit)
}

switch CommandLine.arguments.dropFirst().first {
case "--tokens":
  TokenWork.printTokens()
  exit(0)
case "--token-time":
  TokenWork.printTime()
  exit(0)
default: break
}

row("chat -> anthropic, 300-byte chunk", "ns") { streaming(.chat, to: .anthropic) }
row("chat meter, 300-byte chunk", "ns") { streaming(.chat, to: nil) }
row("chat meter, chunks of no fixed shape", "ns") { padded() }
row("chat meter hiding usage, 300-byte chunk", "ns") { hiding() }
row("anthropic meter, 300-byte chunk", "ns") { streaming(.anthropic, to: nil) }
row("anthropic -> chat, 300-byte chunk", "ns") { streaming(.anthropic, to: .chat) }
try row("anthropic -> chat, \(Workload.request.count / 1024) KB request", "us") {
  try translation() / 1000
}
row("tokens of 100 KB of mixed text, escaped", "us") {
  nanoseconds(rounds: 50) { rounds in
    for _ in 0..<rounds { precondition(TokenCounter.count(TokenWork.mixed) > 0) }
  } / 1000
}
try row("tokens of a \(Workload.request.count / 1024) KB request", "us") {
  let conversation = try Dialect.anthropic.codec.decodeRequest(JSONDocument(Workload.request))
  let family = TokenFamily(model: "claude-sonnet-4-5")
  return nanoseconds(rounds: 50) { rounds in
    for _ in 0..<rounds { precondition(RequestTokens.count(conversation, for: family) > 0) }
  } / 1000
}
