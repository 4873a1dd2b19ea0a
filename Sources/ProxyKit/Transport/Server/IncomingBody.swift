/// A request's body while it comes in, and who waits for it.
@safe
struct IncomingBody {
  var bytes: [UInt8] = []
  var isComplete = false
  var failure: BodyFailure?
  var reader: UnsafeContinuation<Result<[UInt8], BodyFailure>, Never>?
  private var limit = 0
  private var budget: ByteBudget?
  private var taken = 0

  /// Says how much may come; what is announced is taken from the budget at once.
  mutating func want(_ framing: BodyFraming, limit: Int, budget: ByteBudget) -> BodyFailure? {
    if let failure { return failure }
    self.limit = limit
    self.budget = budget
    guard case .length(let length) = framing else { return nil }
    if length > limit { return fail(.tooLarge) }
    guard budget.take(length) else { return fail(.budgetExhausted) }
    taken = length
    return nil
  }

  /// Takes a piece, or fails because there is no room for it.
  mutating func take(_ piece: UnsafeRawBufferPointer, _ framing: BodyFraming) {
    guard failure == nil else { return }
    switch framing {
    case .none: return
    case .length(let length):
      if bytes.isEmpty { bytes.reserveCapacity(length) }
    case .chunked:
      guard bytes.count + piece.count <= limit else {
        _ = fail(.tooLarge)
        return
      }
      guard budget?.take(piece.count) ?? false else {
        _ = fail(.budgetExhausted)
        return
      }
      taken += piece.count
    }
    unsafe bytes.append(contentsOf: piece)
  }

  /// Notes the first failure; what had come is let go.
  mutating func fail(_ failure: BodyFailure) -> BodyFailure {
    if self.failure == nil { self.failure = failure }
    bytes = []
    return self.failure ?? failure
  }

  /// What the reader is to be told, once there is something to tell.
  mutating func takeOutcome() -> Result<[UInt8], BodyFailure>? {
    if let failure { return .failure(failure) }
    guard isComplete else { return nil }
    defer { bytes = [] }
    return .success(bytes)
  }

  /// Gives the budget back what was taken from it.
  mutating func release() {
    budget?.give(taken)
    budget = nil
    taken = 0
    bytes = []
  }
}
