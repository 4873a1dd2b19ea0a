internal import Dialects

/// Listens to a reply on its way to the client and brings it to the slot when it is whole.
///
/// What failed, was cut, was refused or is larger than a reply may be is not kept.
struct CacheRecorder {
  private let slot: CacheSlot
  private let stage: ReplyStage
  private let request: IncomingRequest
  private var events: [ReplyEvent] = []
  /// The client's own stream; nil once it is not made of the upstream's bytes.
  private var passed: [UInt8]?
  private var isOver = false

  init(_ slot: CacheSlot, _ request: IncomingRequest, _ stage: ReplyStage) {
    self.slot = slot
    self.request = request
    self.stage = stage
    passed = []
  }

  /// Takes in a piece of a stream; `visible` is what the client saw of it, as it saw it.
  mutating func take(_ more: [ReplyEvent], visible: [UInt8]?, of reply: StreamReply) {
    guard !isOver else { return }
    guard reply.bytesRead <= slot.mostBytes else { return giveUp() }
    events += more
    if let visible { passed?.append(contentsOf: visible) } else { passed = nil }
  }

  /// The stream has ended well.
  mutating func finish(_ live: LiveExchange) {
    guard !isOver, events.isWorthKeeping, !lacksItsMark else { return giveUp() }
    isOver = true
    var (losses, model) = live.with { ($0.losses, $0.modelSent) }
    let whole = request.encodeReply(events, stage, losses: &losses)
    let form = CachedReply.Form(framing: request.framing, showsUsage: stage.showsUsage)
    let stream = passed.flatMap { bytes in
      bytes.isEmpty ? nil : CachedReply.Stream(bytes: bytes, form: form)
    }
    fill(CachedReply(whole: whole, stream: stream, losses: losses, model: model, madeAtMs: now))
  }

  /// A reply that has come in one piece.
  mutating func keep(whole: [UInt8], _ events: [ReplyEvent], _ live: LiveExchange) {
    guard !isOver, events.isWorthKeeping else { return giveUp() }
    isOver = true
    let (losses, model) = live.with { ($0.losses, $0.modelSent) }
    fill(CachedReply(whole: whole, stream: nil, losses: losses, model: model, madeAtMs: now))
  }

  /// Chat's streams end with a mark of their own; without it the next client could not know that
  /// there is no more.
  private var lacksItsMark: Bool {
    guard request.dialect == .chat, let passed, !passed.isEmpty else { return false }
    let end = passed.suffix(24).filter { $0 > UInt8(ascii: " ") }
    return !end.suffix(11).elementsEqual("data:[DONE]".utf8)
  }

  private var now: Int64 { WallClock.milliseconds() }

  private func fill(_ reply: CachedReply) { slot.fill(reply, nowMs: reply.madeAtMs) }

  /// Those who wait are not kept waiting for what will not be shared.
  mutating func giveUp() {
    isOver = true
    events = []
    passed = nil
    slot.abandon()
  }
}

extension [ReplyEvent] {
  /// Whether a reply came to an end of its own.
  var isWorthKeeping: Bool {
    var isComplete = false
    for event in self {
      switch event {
      case .failed, .open(.refusal): return false
      case .end(let reason):
        switch reason {
        case .endOfTurn, .stopSequence, .toolCalls: isComplete = true
        default: return false
        }
      default: break
      }
    }
    return isComplete
  }
}
