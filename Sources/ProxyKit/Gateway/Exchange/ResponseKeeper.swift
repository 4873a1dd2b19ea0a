internal import Dialects
internal import Storage

/// Keeps the response of one exchange for the requests that will name it.
///
/// What a backend keeps itself is only noted, as soon as its name is known.
struct ResponseKeeper {
  private static let mostBytes = 8 << 20

  private let request: IncomingRequest
  private let memory: ResponseMemory
  private let stage: ReplyStage
  private let live: LiveExchange
  private let backend: String?
  private var fold: ResponsesFold
  private var isDone = false

  /// Nil when the client does not want its response kept.
  init?(
    _ request: IncomingRequest, _ memory: ResponseMemory, _ stage: ReplyStage,
    _ live: LiveExchange, keptBy backend: String?
  ) {
    guard ResponsesHistory.wantsStore(request.document) else { return nil }
    self.request = request
    self.memory = memory
    self.stage = stage
    self.live = live
    self.backend = backend
    fold = ResponsesFold(stage)
  }

  /// Takes in a piece of a stream; the response is kept with its end.
  mutating func take(_ events: [ReplyEvent]) {
    guard !isDone, let last = events.last else { return }
    if let backend {
      guard let id = events.lazy.compactMap(\.responseID).first else { return }
      isDone = true
      return keep(id.string, .backend(backend))
    }
    fold.take(events)
    if fold.byteCount > Self.mostBytes {
      isDone = true
      fold = ResponsesFold(stage)
      return lose()
    }
    guard case .end = last, let response = fold.response else { return }
    isDone = true
    keep(response: response)
  }

  /// Keeps a reply that has come whole, as the client reads it.
  func keep(whole response: [UInt8]) {
    guard let backend else { return keep(response: response) }
    if let id = ResponsesHistory.id(of: response) { keep(id, .backend(backend)) }
  }

  private func keep(response: [UInt8]) {
    let input = ResponsesInputItems.items(of: request.document, requestID: stage.requestID)
    keep(ResponsesHistory.id(of: stage), .here(input: input, response: response))
  }

  private func keep(_ id: String, _ place: KeptResponse.Place) {
    let kept = KeptResponse(
      id: id, owner: memory.caller.owner, createdAtMs: live.startedAtMs, place: place)
    if !memory.house.responses.keep(kept) { lose() }
  }

  /// The client asked for it and gets its answer all the same, so that it is a loss.
  private func lose() { live.with { $0.losses.record("store") } }
}

extension ReplyEvent {
  fileprivate var responseID: JSONText? {
    guard case .begin(let id, _) = self else { return nil }
    return id
  }
}
