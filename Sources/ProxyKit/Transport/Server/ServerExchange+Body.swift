internal import Synchronization

extension ServerExchange {
  /// Reads the whole body; its bytes count against `budget` until the exchange ends.
  package func readBody(
    limit: Int, budget: ByteBudget
  ) async throws(BodyFailure) -> [UInt8] {
    let (outcome, wakes) = state.withLock { state in
      if state.isGone || state.stage == .over { _ = state.incoming.fail(.clientGone) }
      let failure = state.incoming.want(framing, limit: limit, budget: budget)
      if let failure { return (Result<[UInt8], BodyFailure>?.some(.failure(failure)), false) }
      return (state.incoming.takeOutcome(), state.isSuspended && state.stage == .asked)
    }
    if let outcome { return try outcome.get() }
    if wakes { loop.perform { self.advance() } }
    let result = unsafe await withUnsafeContinuation {
      (reader: UnsafeContinuation<Result<[UInt8], BodyFailure>, Never>) in
      let outcome = state.withLock { state -> Result<[UInt8], BodyFailure>? in
        if let outcome = state.incoming.takeOutcome() { return outcome }
        unsafe state.incoming.reader = reader
        return nil
      }
      if let outcome { unsafe reader.resume(returning: outcome) }
    }
    return try result.get()
  }

  /// Tells the reader how it ended, when it has.
  func settleBody() {
    typealias Reader = UnsafeContinuation<Result<[UInt8], BodyFailure>, Never>
    let (reader, outcome) = unsafe state.withLock {
      state -> (Reader?, Result<[UInt8], BodyFailure>?) in
      guard let reader = unsafe state.incoming.reader else { return (nil, nil) }
      guard let outcome = state.incoming.takeOutcome() else { return (nil, nil) }
      unsafe state.incoming.reader = nil
      return unsafe (reader, outcome)
    }
    if let outcome { unsafe reader?.resume(returning: outcome) }
  }
}
