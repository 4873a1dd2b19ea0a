internal import Dispatch
@testable internal import Storage

/// Text that would break SQL that is put together from strings, and storage that trusts lengths.
let hostileTexts = [
  "'; DROP TABLE keys; --", "\" OR 1=1", "%", "_", "?1", "\u{0}after a zero", "", "line\nbreak",
  "日本語 🧪 e\u{301}", String(repeating: "x", count: 2000), "NULL", "\\", "'",
]

/// A record with every member set.
func fullRecord(_ id: String) -> ExchangeRecord {
  ExchangeRecord(
    id: id, startedAtMs: 1_760_000_000_000, durationMs: 1234, firstTokenMs: 210,
    dialect: "anthropic", modelRequested: "claude-sonnet", modelSent: "gpt", backend: "openai",
    attempts: 2, keyID: 7, keyName: "team-blue", owner: "key:7", route: "smart",
    client: "127.0.0.1", session: "s-1", status: 502, ending: "upstream_cut",
    errorKind: "upstream", errorMessage: "cut after 3 chunks", isStreaming: true,
    inputTokens: 100, outputTokens: 20, cacheReadTokens: 3000, cacheWriteTokens: 400,
    cacheWrite1hTokens: 150, reasoningTokens: 5, webSearches: 3, costNanoDollars: 1_234_567,
    generation: 9,
    losses: ["thinking.signature", "top_k"], tries: "a\tm\t500\t7\tno")
}

/// A record with nothing but an id and a token.
func smallRecord(_ id: String, key: String = "", endedAtMs: Int64 = 1000) -> ExchangeRecord {
  ExchangeRecord(id: id, startedAtMs: endedAtMs, keyName: key, inputTokens: 1)
}

extension Store {
  /// Keeps the writer busy, so that what the body appends stays in the journal meanwhile.
  func whileHeld(_ body: () throws -> Void) async throws {
    let gate = DispatchSemaphore(value: 0)
    let (isHeld, holding) = AsyncStream.makeStream(of: Void.self)
    let holder = Task {
      try await perform { _ throws(StorageFailure) in
        holding.finish()
        gate.wait()
      }
    }
    for await _ in isHeld {}
    defer { gate.signal() }
    try body()
    _ = holder
  }

  /// Every row of the request log, newest first.
  func allRequests() async throws -> [RecordedExchange] {
    var all: [RecordedExchange] = []
    var before: Int64?
    repeat {
      let page = try await requests(limit: 1000, before: before)
      all += page.requests
      before = page.next
    } while before != nil
    return all
  }

  /// Every row of the ledger, oldest first.
  func wholeLedger() async throws -> [LedgerRow] {
    var all: [LedgerRow] = []
    while true {
      let page = try await ledger(after: all.last?.sequence ?? 0, limit: 1000)
      if page.isEmpty { return all }
      all += page
    }
  }
}
