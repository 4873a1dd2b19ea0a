internal import ControlPlane
internal import Dialects
internal import Storage

extension LiveExchange {
  /// The exchange as the screen shows it.
  func status(at now: ContinuousClock.Instant) -> StreamStatus {
    with { state in
      StreamStatus(
        id: id, state: state.shownPhase(at: now), dialect: dialect.rawValue,
        modelRequested: state.modelRequested, modelSent: state.modelSent,
        backend: state.backend, attempt: max(1, state.attempts), key: state.caller,
        client: client, generation: generation, startedAtMs: startedAtMs,
        elapsedMs: startedAt.milliseconds(to: state.endedAt ?? now),
        firstTokenMs: state.firstTokenMs, inputTokens: state.usage?.wholeInput,
        outputTokens: state.outputTokens, outputIsEstimated: (state.usage?.output ?? 0) == 0,
        tokensPerSecond: state.endedAt == nil
          ? state.rate?.perSecond(over: 2, at: now) ?? 0
          : state.meanRate(since: startedAt),
        bytesOut: state.bytesOut, isStreaming: state.isStreaming, losses: state.losses.tags,
        session: session, errorMessage: state.ending?.failure?.message,
        tries: state.tries.isEmpty ? nil : state.tries)
    }
  }

  /// The exchange as the ledger and the log keep it.
  func record(
    of state: State, costing charge: PriceList.Charge?, at now: ContinuousClock.Instant
  ) -> ExchangeRecord {
    let usage = state.chargedUsage ?? Usage()
    return ExchangeRecord(
      id: id, startedAtMs: startedAtMs, durationMs: startedAt.milliseconds(to: now),
      firstTokenMs: state.firstTokenMs, dialect: dialect.rawValue,
      modelRequested: state.modelRequested, modelSent: state.modelSent,
      backend: state.backend, attempts: state.attempts, keyID: state.keyID,
      keyName: state.caller, owner: state.owner, route: state.route, client: client,
      session: session,
      status: state.ending?.status ?? 0, ending: state.ending?.word ?? "",
      errorKind: state.ending?.failure?.kind.rawValue,
      errorMessage: state.ending?.failure.map { String($0.message.prefix(500)) },
      isStreaming: state.isStreaming, inputTokens: usage.input, outputTokens: usage.output,
      cacheReadTokens: usage.cacheRead, cacheWriteTokens: usage.cacheWrite,
      cacheWrite1hTokens: usage.cacheWrite1h, reasoningTokens: usage.reasoning,
      webSearches: usage.webSearches, costNanoDollars: charge?.nanoDollars, generation: generation,
      losses: state.losses.tags,
      tries: state.tries.isEmpty ? nil : AttemptSummary.lines(of: state.tries))
  }
}

extension LiveExchange.State {
  fileprivate func shownPhase(at now: ContinuousClock.Instant) -> StreamState {
    switch ending {
    case .completed: .done
    case .refused, .broken: .failed
    case .clientGone, .killed: .cancelled
    case nil: phase == .streaming && now - lastByteAt > .seconds(10) ? .stalled : phase
    }
  }

  fileprivate func meanRate(since start: ContinuousClock.Instant) -> Double {
    guard let endedAt else { return 0 }
    let total = start.milliseconds(to: endedAt) - (firstTokenMs ?? 0)
    return total > 0 ? Double(outputTokens) * 1000 / Double(total) : 0
  }
}

extension ExchangeRecord {
  /// The record in the operator's words.
  func summary(sequence: Int64) -> RequestSummary {
    RequestSummary(
      id: id, sequence: sequence, startedAtMs: startedAtMs, durationMs: durationMs,
      firstTokenMs: firstTokenMs, dialect: dialect, modelRequested: modelRequested,
      modelSent: modelSent, backend: backend, attempts: attempts, key: keyName, client: client,
      status: status, ending: ending, errorKind: errorKind, errorMessage: errorMessage,
      isStreaming: isStreaming, inputTokens: inputTokens, outputTokens: outputTokens,
      cacheReadTokens: cacheReadTokens, cacheWriteTokens: cacheWriteTokens,
      costMicroDollars: costNanoDollars.map { ($0 + 999) / 1000 }, generation: generation,
      losses: losses, route: route.isEmpty ? nil : route,
      tries: tries.map { AttemptSummary.list(in: $0) })
  }
}
