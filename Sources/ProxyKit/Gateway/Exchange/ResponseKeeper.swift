internal import Dialects
internal import Storage

/// Keeps the response of one exchange for the requests that will name it.
///
/// What a backend keeps itself is only noted, as soon as its name is known.
struct ResponseKeeper {
  /// Where the operator wants nothing kept, who has what is noted all the same.
  private static let roomForNotes = 16 << 20

  private let request: IncomingRequest
  private let memory: ResponseMemory
  private let stage: ReplyStage
  private let live: LiveExchange
  private let backend: String?
  private let limit: Int
  /// Nil where the backend keeps the response, and once it is kept or lost.
  private var fold: ResponsesFold?
  private var isNoted = false

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
    limit = memory.snapshot.settings.limits.keptResponseBytes
    fold = backend == nil && limit > 0 ? ResponsesFold(stage) : nil
  }

  /// Takes in a piece of a stream; the response is kept with its end.
  mutating func take(_ events: [ReplyEvent]) {
    if let backend {
      guard !isNoted, let id = events.responseID else { return }
      isNoted = true
      return keep(id, .backend(backend))
    }
    fold?.take(events)
    guard let fold else { return }
    if let response = fold.response {
      keep(response: response)
    } else if fold.byteCount > memory.house.responses.mostBytes {
      lose()
    } else {
      return
    }
    self.fold = nil
  }

  /// Keeps a reply that has come whole, as the client reads it.
  func keep(whole response: [UInt8], _ events: [ReplyEvent]) {
    guard let backend else { return keep(response: response) }
    if let id = events.responseID ?? ResponsesHistory.id(of: response) {
      keep(id, .backend(backend))
    }
  }

  private func keep(response: [UInt8]) {
    guard limit > 0 else { return }
    let input = ResponsesInputItems.items(of: request.document, requestID: stage.requestID)
    keep(ResponsesHistory.id(of: stage), .here(input: input, response: response))
  }

  private func keep(_ id: String, _ place: KeptResponse.Place) {
    let kept = KeptResponse(
      id: id, owner: memory.caller.owner, createdAtMs: live.startedAtMs, place: place)
    let room = backend == nil ? limit : max(limit, Self.roomForNotes)
    if !memory.house.responses.keep(kept, within: room) { lose() }
  }

  /// The client asked for it and gets its answer all the same, so that it is a loss.
  private func lose() { live.with { $0.losses.record("store") } }
}

extension [ReplyEvent] {
  /// The name that the upstream gave its reply.
  fileprivate var responseID: String? {
    guard case .begin(let id, _)? = first else { return nil }
    return id?.string
  }
}
