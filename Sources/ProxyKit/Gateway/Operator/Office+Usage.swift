internal import ControlPlane
internal import FoundationEssentials
internal import Storage

extension Office {
  /// What was used, from the ledger.
  func usage(_ question: UsageQuestion) async throws(ControlFailure) -> [UsageRow] {
    let owner = try question.key.map { reference throws(ControlFailure) in
      try find(reference).owner
    }
    if let since = question.sinceMs, let until = question.untilMs, since >= until {
      throw ControlFailure(
        .invalid, "`until` is not after `since`", hint: "Swap them, or leave one out.")
    }
    let sums = try await stored { store throws(StorageFailure) in
      try await store.usage(
        by: UsageSum.Group(question.by), owner: owner, sinceMs: question.sinceMs,
        untilMs: question.untilMs)
    }
    return sums.map { sum in
      UsageRow(
        group: question.by == .day ? Self.date(sum.group) : sum.group, requests: sum.requests,
        inputTokens: sum.inputTokens, outputTokens: sum.outputTokens,
        cacheReadTokens: sum.cacheReadTokens, cacheWriteTokens: sum.cacheWriteTokens,
        reasoningTokens: sum.reasoningTokens, costMicroDollars: sum.costNanoDollars / 1000,
        unpricedRequests: sum.unpricedRequests)
    }
  }

  /// One finished exchange.
  func request(_ id: String) async throws(ControlFailure) -> RequestSummary {
    let found = try await stored { store throws(StorageFailure) in
      try await store.request(id: id)
    }
    guard let found else {
      throw ControlFailure(
        .notFound, "no finished request `\(id)` is in the log",
        hint: "`anyllmctl requests list` shows them.")
    }
    return found.record.summary(sequence: found.sequence)
  }

  /// What a request sent and got, if it was kept.
  func bodies(of id: String) async throws(ControlFailure) -> RequestBodies {
    let kept = try await stored { store throws(StorageFailure) in
      try await store.bodies.bodies(of: id)
    }
    guard let kept else {
      throw ControlFailure(
        .notFound, "nothing is kept of what request `\(id)` sent and got",
        hint: "Bodies are kept for keys with `log_bodies`, the newest of them.")
    }
    return RequestBodies(
      id: kept.id, createdAtMs: kept.createdAtMs,
      request: String(decoding: kept.request, as: UTF8.self),
      reply: String(decoding: kept.reply, as: UTF8.self))
  }

  /// A day since 1970 as `2027-01-31`.
  private static func date(_ day: String) -> String {
    guard let day = Int(day) else { return day }
    let moment = Date(timeIntervalSince1970: Double(day) * 86_400)
    return moment.formatted(.iso8601.year().month().day())
  }
}

extension UsageSum.Group {
  fileprivate init(_ grouping: UsageGrouping) {
    switch grouping {
    case .day: self = .day
    case .model: self = .model
    case .backend: self = .backend
    case .key: self = .key
    }
  }
}
