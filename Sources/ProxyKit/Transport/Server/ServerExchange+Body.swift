internal import Synchronization

extension ServerExchange {
  /// Reads the whole body; its bytes count against `budget` until the exchange ends.
  package func readBody(
    limit: Int, budget: ByteBudget
  ) async throws(BodyFailure) -> [UInt8] {
    let outcome = state.withLock { state -> Result<[UInt8], BodyFailure>? in
      if state.isOver { _ = state.incoming.fail(.clientGone) }
      if let failure = state.incoming.want(framing, limit: limit, budget: budget) {
        return .failure(failure)
      }
      return state.incoming.takeOutcome()
    }
    if let outcome { return try outcome.get() }
    if loop.isCurrent {
      connection.wantBody(of: self)
      if let outcome = state.withLock({ $0.incoming.takeOutcome() }) { return try outcome.get() }
    } else {
      loop.perform { self.connection.wantBody(of: self) }
    }
    let result = unsafe await withUnsafeContinuation {
      (reader: UnsafeContinuation<Result<[UInt8], BodyFailure>, Never>) in
      let outcome = state.withLock { state -> Result<[UInt8], BodyFailure>? in
        if let outcome = state.incoming.takeOutcome() { return outcome }
        unsafe state.incoming.reader = unsafe reader
        return nil
      }
      if let outcome { unsafe reader.resume(returning: outcome) }
    }
    return try result.get()
  }

  /// A piece of the body has come; false when it is not wanted any more.
  func receive(_ piece: UnsafeRawBufferPointer) -> Bool {
    state.withLock { state in
      unsafe state.incoming.take(piece, framing)
      return state.incoming.failure == nil
    }
  }

  /// The body ended, well or not.
  func bodyEnded(_ failure: BodyFailure?) {
    state.withLock { state in
      if let failure {
        _ = state.incoming.fail(failure)
      } else {
        state.incoming.isComplete = true
      }
    }
    settleBody()
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
