import ControlPlane

/// One of everything that crosses the socket, each member with a value of its own.
enum Specimens {
  static let hostile = "a/b?c#d%2F e\u{1B}[31m\u{202E}ü🦆[1m]*..\n\"\\"

  static let commands: [ControlCommand] = [
    .status, .listKeys, .showKey("ci"), .showKey(hostile), .showKey(".."),
    .addKey(NewKey(name: "ci")),
    .addKey(NewKey(name: hostile, expiresAtMs: 1_800_000_000_000, note: "n\"1", secret: "sk-1")),
    .addKey(NewKey(name: "ci", terms: terms)), .listKeysOf(.paused),
    .changeKey("17", .revoke(kills: false)), .changeKey(hostile, .revoke(kills: true)),
    .changeKey("ci", .edit(patch)), .changeKey(hostile, .edit(.object([:]))),
    .changeKey("ci", .rotate(graceMs: 0, secret: nil)),
    .changeKey("ci", .rotate(graceMs: 86_400_000, secret: "sk-2")), .changeKey("ci", .pause),
    .changeKey("pause", .resume), .undoKey, .exportKeys, .importKeys(export),
    .trial(.addKey(NewKey(name: "ci"))), .trial(.changeKey("ci", .edit(patch))),
    .trial(.changeKey("ci", .revoke(kills: true))), .trial(.importKeys(export)), .trial(.undoKey),
    .usage(UsageQuestion()),
    .usage(UsageQuestion(key: hostile, sinceMs: 0, untilMs: .max, by: .backend)),
    .showRequest("req_1"), .showBodies(hostile), .listMappings,
    .setMapping(pattern: "claude-*haiku*", target: "openai:gpt-4o", ifGeneration: nil),
    .setMapping(pattern: hostile, target: hostile, ifGeneration: 17),
    .setMapping(pattern: "undo", target: "undo", ifGeneration: 0),
    .unsetMapping(pattern: "undo", ifGeneration: nil),
    .unsetMapping(pattern: "o3-*", ifGeneration: 3), .undoMapping, .listBackends,
    .listRequests(limit: 1, before: nil), .listRequests(limit: 1000, before: 9_007_199_254_740_993),
    .killRequest("req_01"), .killRequest("events"), .killRequest(hostile), .reload,
    .listAudit(limit: 7), .showCache, .clearCache, .drain,
    .translate(TranslationQuestion(from: "chat", to: hostile, model: hostile, body: hostile)),
    .translate(TranslationQuestion(from: "anthropic", body: "")),
  ]

  static let terms = KeyTerms(
    owner: "blue", tags: ["a", hostileWord], role: .viewer, models: [], backends: ["openai"],
    routes: ["smart"], requestsPerMinute: 1, tokensPerMinute: 2, inputTokensPerMinute: 3,
    outputTokensPerMinute: 4, concurrentRequests: 5,
    budgets: [
      BudgetTerms(limitMicroDollars: 6, period: .day, isRolling: true, model: "claude-*"),
      BudgetTerms(limitMicroDollars: 7, period: .lifetime),
    ], mappings: [KeyMapping(pattern: "opus*", target: "openai:gpt-5")], logsBodies: true)
  static let hostileWord = "ü🦆\"\\"
  static let patch = BodyValue.object([
    "name": .text("new"), "expires_at_ms": .null,
    "terms": .object([
      "requests_per_minute": .wholeNumber(9), "models": .null, "tags": .list([.text("x")]),
      "logs_bodies": .boolean(false),
    ]),
  ])
  static let export = KeyExport(
    installation: "00ff",
    keys: [
      PortableKey(
        name: "a", note: "n", createdAtMs: 1, expiresAtMs: 2, pausedAtMs: 3, terms: terms,
        prefix: "sk-vk3fA", digest: "abcd", previousDigest: "ef", previousUntilMs: 4),
      PortableKey(name: "b", key: "sk-mine"),
    ])

  static let key = KeySummary(
    id: 3, name: "ci", prefix: "sk-vk3fA", source: "store", state: .expired, createdAtMs: 11,
    expiresAtMs: 12, pausedAtMs: 20, revokedAtMs: 13, previousUntilMs: 21, lastUsedAtMs: 14,
    requests: 15, inputTokens: 16, outputTokens: 17, costMicroDollars: 18, note: hostile,
    terms: terms,
    budgets: [
      BudgetStanding(
        limitMicroDollars: 1, spentMicroDollars: 2, reservedMicroDollars: 3, period: .week,
        isRolling: true, model: "m", resetsAtMs: 4)
    ], notes: ["no model is allowed"])
  static let backend = BackendStatus(
    name: "openai", kind: "openai", baseURL: "https://api.openai.com/v1", health: .degraded,
    inFlight: 2, firstTokenMedianMs: 212, firstTokenP95Ms: 640, tokensPerSecond: 48.25,
    requestsPerSecond: 4.5, errorPercent: 6.125, requests: 9, failures: 1, lastError: "429",
    lastErrorAtMs: 21, recentTokensPerSecond: [0, 1.5])
  static let request = RequestSummary(
    id: "req_1", sequence: 31, startedAtMs: 32, durationMs: 33, firstTokenMs: 34,
    dialect: "anthropic", modelRequested: "claude", modelSent: "gpt", backend: "openai",
    attempts: 2, key: "ci", client: "127.0.0.1", status: 200, ending: "completed",
    errorKind: "timeout", errorMessage: hostile, isStreaming: true, inputTokens: 35,
    outputTokens: 36, cacheReadTokens: 37, cacheWriteTokens: 38, generation: 39,
    losses: ["thinking"], route: "r",
    tries: [
      AttemptSummary(backend: "a", model: "m", status: 429, milliseconds: 7, reason: hostile)
    ])
  static let stream = StreamStatus(
    id: "req_2", state: .stalled, dialect: "openai-chat", modelRequested: "a", modelSent: "b",
    backend: "openai", attempt: 3, key: "ci", client: "127.0.0.1", generation: 4, startedAtMs: 5,
    elapsedMs: 6, firstTokenMs: 7, inputTokens: 8, outputTokens: 9, outputIsEstimated: false,
    tokensPerSecond: 1.25, bytesOut: 10, isStreaming: false, losses: ["x"], session: "s",
    errorMessage: "e")
  static let snapshot = LiveSnapshot(
    state: .degraded, version: "0.1.0", listening: ["127.0.0.1:3000"], startedAtMs: 1,
    takenAtMs: 2, generation: 17,
    totals: Totals(
      requests: 1, failures: 2, inFlight: 3, inputTokens: 4, outputTokens: 5, cacheReadTokens: 6,
      losses: ["a_b_c": 7, "camelCase": 8, "anthropic.url": 9], droppedRecords: 10),
    backends: [backend], streams: [stream],
    throughput: Throughput(
      tokensPerSecond: [1], requestsPerSecond: [2.5], failuresPerSecond: [0]),
    errors: [
      ErrorGroup(
        backend: "openai", kind: "overloaded", status: 529, count: 2, firstAtMs: 1, lastAtMs: 2,
        message: "m", lastRequestID: "req_9")
    ], notices: ["found Ollama"])

  static let change = MappingChange(
    pattern: "p", before: nil, after: "t", generation: 18, changed: true, liveOnOlder: 2)

  /// Each answer with a command that it answers.
  static let answers: [(ControlCommand, ControlAnswer)] = [
    (.status, .status(snapshot)), (.listKeys, .keys([])), (.listKeys, .keys([key, key])),
    (.showKey("ci"), .key(key)), (.changeKey("ci", .revoke(kills: false)), .key(key)),
    (.listKeysOf(.active), .keys([key])), (.changeKey("ci", .edit(patch)), .key(key)),
    (
      .changeKey("ci", .rotate(graceMs: 1, secret: nil)),
      .issuedKey(IssuedKey(key: "sk-1", summary: key))
    ),
    (.trial(.addKey(NewKey(name: "ci"))), .issuedKey(IssuedKey(key: "", summary: key))),
    (.undoKey, .key(key)), (.exportKeys, .keyExport(export)),
    (
      .importKeys(export),
      .keyImport(KeyImport(added: ["a"], known: ["b"], refused: [.init(name: "c", reason: "d")]))
    ),
    (
      .usage(UsageQuestion()),
      .usage([
        UsageRow(
          group: "2027-01-31", requests: 1, inputTokens: 2, outputTokens: 3, cacheReadTokens: 4,
          cacheWriteTokens: 5, reasoningTokens: 6, costMicroDollars: 7, unpricedRequests: 8)
      ])
    ),
    (.showRequest("req_1"), .request(request)),
    (
      .showBodies("req_1"),
      .bodies(RequestBodies(id: "req_1", createdAtMs: 1, request: hostile, reply: "{}"))
    ),
    (.addKey(NewKey(name: "ci")), .issuedKey(IssuedKey(key: "sk-1", summary: key))),
    (
      .listMappings,
      .mappings(
        MappingList(
          generation: 17,
          mappings: [MappingSummary(pattern: "*", target: "a:b", source: "file", live: 2)]))
    ),
    (.listMappings, .mappings(MappingList(generation: 0, mappings: []))),
    (.setMapping(pattern: "p", target: "t", ifGeneration: nil), .mappingChange(change)),
    (.unsetMapping(pattern: "p", ifGeneration: 1), .mappingChange(change)),
    (.undoMapping, .mappingChange(change)), (.listBackends, .backends([backend])),
    (.listRequests(limit: 1, before: nil), .requests([request])),
    (.killRequest("req_1"), .killed("req_1")),
    (
      .reload,
      .reloaded(ReloadReport(generation: 2, changed: true, changes: ["a"], problems: ["b"]))
    ),
    (
      .listAudit(limit: 1),
      .audit([
        AuditRecord(
          atMs: 1, actor: "uid:0", action: "key.add", target: "ci", before: nil, after: "x",
          generation: 2)
      ])
    ),
    (
      .showCache,
      .cache(
        CacheStatus(
          enabled: true, scope: "owner", entries: 1, bytes: 2, bytesLimit: 3, hits: 4, shared: 5,
          misses: 6, stored: 7, evicted: 8))
    ), (.clearCache, .cache(CacheStatus(enabled: false, scope: "caller", cleared: 9))),
    (.drain, .draining),
    (
      .translate(TranslationQuestion(from: "chat", body: "{}")),
      .translation(
        Translation(
          from: "chat", to: "anthropic", backend: "a", model: "m", passes: true, body: hostile,
          losses: ["x"], betas: ["b"]))
    ),
  ]
}
