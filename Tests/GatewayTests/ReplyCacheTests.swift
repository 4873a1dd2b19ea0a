import Dialects
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite struct `A cache of replies` {
  private let cache = ReplyCache()
  private let settings: Settings.Cache

  init() {
    var settings = Settings.Cache()
    settings.isOn = true
    settings.ttl = .seconds(10)
    settings.bytes = 4_000
    settings.entryBytes = 2_000
    self.settings = settings
  }

  private func key(_ name: String) throws -> CacheKey {
    try #require(
      CacheKey(
        .init(scope: name, dialect: .chat, model: "m", targets: []),
        JSONDocument("{}").root))
  }

  private func reply(_ text: String, atMs: Int64 = 0, size: Int = 0) -> CachedReply {
    CachedReply(
      whole: Array(text.utf8) + [UInt8](repeating: 0, count: size), stream: nil, losses: Losses(),
      model: "m", madeAtMs: atMs)
  }

  private func found(
    _ name: String, atMs: Int64 = 0, mayWait: Bool = true,
    _ change: (inout CacheControls) -> Void = { _ in }
  ) throws -> ReplyCache.Found {
    var controls = CacheControls()
    change(&controls)
    return cache.lookup(try key(name), controls, settings, nowMs: atMs, mayWait: mayWait)
  }

  private func text(_ found: ReplyCache.Found) -> String {
    switch found {
    case .hit(let reply): String(decoding: reply.whole.prefix { $0 != 0 }, as: UTF8.self)
    case .lead: "lead"
    case .follow: "follow"
    case .miss: "miss"
    }
  }

  private func fill(
    _ name: String, _ text: String? = nil, atMs: Int64 = 0, size: Int = 0,
    _ change: (inout CacheControls) -> Void = { _ in }
  ) throws {
    guard case .lead(let slot) = try found(name, atMs: atMs, change) else {
      Issue.record("nothing to fill")
      return
    }
    slot.fill(reply(text ?? name, atMs: atMs, size: size), nowMs: atMs)
  }

  private func ahead(mayWait: Bool = true) throws -> CacheSlot {
    guard case .lead(let slot) = try found("a", mayWait: mayWait) else {
      throw StubFailure(what: "no slot")
    }
    return slot
  }

  private func behind() throws -> Awaited<CachedReply?> {
    guard case .follow(let awaited) = try found("a") else {
      throw StubFailure(what: "nothing to wait for")
    }
    return awaited
  }

  @Test func `gives a reply again until its time is over`() throws {
    try fill("a")
    #expect(text(try found("a", atMs: 9_999)) == "a")
    #expect(text(try found("b")) == "lead")
    #expect(text(try found("a", atMs: 10_000)) == "lead")
    #expect(cache.figures.entries == 0)
    #expect(cache.figures.bytes == 0)
  }

  @Test func `keeps each reply as long as its request says, within bounds`() throws {
    try fill("short") { $0.ttl = 1 }
    try fill("long") { $0.ttl = 60 }
    try fill("longest") { $0.ttl = 1_000_000 }
    #expect(text(try found("short", atMs: 999)) == "short")
    #expect(text(try found("short", atMs: 1_000)) == "lead")
    #expect(text(try found("long", atMs: 59_999)) == "long")
    #expect(text(try found("longest", atMs: 86_399_999)) == "longest")
    #expect(text(try found("longest", atMs: 86_400_000)) == "lead")
  }

  @Test func `does as a request says`() throws {
    try fill("a", atMs: 1_000)
    #expect(text(try found("a", atMs: 4_000) { $0.maxAge = 2 }) == "lead")
    #expect(text(try found("a", atMs: 3_000) { $0.maxAge = 2 }) == "a")
    #expect(text(try found("b") { $0.noStore = true }) == "miss")
    #expect(text(try found("a", atMs: 3_000) { $0.noStore = true }) == "a")
    try fill("a", "newer", atMs: 3_000) { $0.noCache = true }
    #expect(text(try found("a", atMs: 3_000)) == "newer")
    #expect(cache.figures.entries == 1)
  }

  @Test func `lets the least used go when there is no room`() throws {
    for name in ["a", "b", "c"] { try fill(name, size: 700) }
    #expect(text(try found("a")) == "a")
    try fill("d", size: 700)
    #expect(text(try found("b") { $0.noStore = true }) == "miss")
    for name in ["a", "c", "d"] { #expect(text(try found(name)) == name) }
    #expect(cache.figures.evicted == 1)
    #expect(cache.figures.bytes <= settings.bytes)
    try fill("huge", size: 1_600)
    #expect(text(try found("huge") { $0.noStore = true }) == "miss")
    #expect(cache.figures.entries == 3)
  }

  @Test func `stays within its room whatever is put in`() throws {
    for number in 0..<2_000 {
      try fill("k\(number % 97)", "v", size: number % 1_300) { $0.noCache = true }
      #expect(cache.figures.bytes <= settings.bytes)
    }
    let figures = cache.figures
    #expect(figures.entries > 0)
    #expect(cache.clear() == figures.entries)
    #expect(cache.figures.bytes == 0)
    for number in 0..<97 {
      #expect(text(try found("k\(number)") { $0.noStore = true }) == "miss")
    }
  }

  @Test func `has those who ask at one time wait for one`() async throws {
    let slot = try ahead()
    let followers = try (0..<200).map { _ in try behind() }
    await withTaskGroup(of: CachedReply?.self) { group in
      for follower in followers { group.addTask { await follower.wait() ?? nil } }
      slot.fill(reply("once"), nowMs: 0)
      for await reply in group { #expect(reply?.whole == Array("once".utf8)) }
    }
    #expect(cache.figures.stored == 1)
  }

  @Test func `does not tell those who wait what went wrong`() async throws {
    let slot = try ahead()
    let waiting = try behind()
    async let outcome = waiting.outcome
    slot.abandon()
    #expect(await outcome == "nothing")
    // Who has waited once goes alone; the next to come wait again.
    let alone = try ahead(mayWait: false)
    #expect(text(try found("a")) == "lead")
    alone.fill(reply("late"), nowMs: 0)
    #expect(text(try found("a")) == "late")
  }

  @Test func `takes a slot that was let go for one without a reply`() async throws {
    var slot: CacheSlot?
    slot = try ahead()
    let waiting = try behind()
    #expect(slot != nil)
    slot = nil
    #expect(await waiting.outcome == "nothing")
  }

  @Test func `lets a waiter leave`() async throws {
    let slot = try ahead()
    let waiting = try behind()
    waiting.leave()
    #expect(await waiting.outcome == "left")
    slot.fill(reply("x"), nowMs: 0)
    #expect(text(try found("a")) == "x")
  }

  @Test func `keeps nothing that was asked for before it was cleared`() throws {
    let slot = try ahead()
    cache.clear()
    slot.fill(reply("old"), nowMs: 0)
    #expect(text(try found("a")) == "lead")
  }

  @Test func `takes the first word of a slot only`() throws {
    let slot = try ahead()
    slot.fill(reply("first"), nowMs: 0)
    slot.fill(reply("second"), nowMs: 0)
    slot.abandon()
    #expect(text(try found("a")) == "first")
  }
}

extension Awaited<CachedReply?> {
  fileprivate var outcome: String {
    get async {
      guard let value = await wait() else { return "left" }
      return value == nil ? "nothing" : "reply"
    }
  }
}

@Suite struct `A cache key` {
  private func key(
    _ body: String, _ change: (inout CacheKey.Surroundings) -> Void = { _ in }
  ) throws -> CacheKey {
    var surroundings = CacheKey.Surroundings(
      scope: "caller:a", dialect: .anthropic, model: "m", targets: ["b m u"])
    change(&surroundings)
    return try #require(CacheKey(surroundings, JSONDocument(body).root))
  }

  private let body = #"{"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":5}"#

  @Test(arguments: [
    #"{"max_tokens":5,"messages":[{"content":"é","role":"user"}],"model":"m"}"#,
    #"{ "model" : "m", "messages" : [ {"role":"user","content":"\u00e9"} ], "max_tokens" : 5 }"#,
    #"{"mod\u0065l":"m","messages":[{"role":"us\u0065r","content":"é"}],"max_tokens":5}"#,
    #"{"stream":true,"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":5}"#,
    #"{"stream_options":{},"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":5}"#,
    #"{"cache":{"ttl":1},"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":5}"#,
  ])
  func `is the same for the same request in another spelling`(other: String) throws {
    #expect(try key(body) == key(other))
  }

  @Test(arguments: [
    #"{"model":"m","messages":[{"role":"user","content":"e"}],"max_tokens":5}"#,
    #"{"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":6}"#,
    #"{"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":"5"}"#,
    #"{"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":5,"system":"x"}"#,
    #"{"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":5,"seed":1}"#,
    #"{"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":5,"stop_sequences":[]}"#,
    #"{"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":5,"thinking":{}}"#,
    #"{"model":"m","messages":[{"role":"user","content":"é"}],"max_tokens":5,"x":null}"#,
    #"{"model":"m","messages":[{"role":"user","content":["é"]}],"max_tokens":5}"#,
    #"{"model":"m","messages":[{"role":"user","content":"é","stream":true}],"max_tokens":5}"#,
    #"{"model":"m","messages":[{"role":"user","content":"é"},{}],"max_tokens":5}"#,
    #"{"model":"n","messages":[{"role":"user","content":"é"}],"max_tokens":5}"#,
    #"{"model":"m","model":"n","messages":[{"role":"user","content":"é"}],"max_tokens":5}"#,
  ])
  func `is another for any other request`(other: String) throws {
    #expect(try key(body) != key(other))
  }

  @Test func `tells apart what stands twice in another order`() throws {
    #expect(try key(#"{"a":1,"a":2}"#) != key(#"{"a":2,"a":1}"#))
    #expect(try key(#"{"a":["b","c"]}"#) != key(#"{"a":["bc"]}"#))
    #expect(try key(#"{"ab":"c"}"#) != key(#"{"a":"bc"}"#))
    #expect(try key(#"{"a":[[],1]}"#) != key(#"{"a":[[1]]}"#))
    #expect(try key(#"{"a":true}"#) != key(#"{"a":"true"}"#))
  }

  @Test func `is another in other surroundings`() throws {
    let plain = try key(body)
    let changes: [(inout CacheKey.Surroundings) -> Void] = [
      { $0.scope = "caller:b" }, { $0.namespace = "n" }, { $0.dialect = .chat },
      { $0.isCompletion = true }, { $0.model = "n" }, { $0.targets = ["c m u"] },
      { $0.targets = [] }, { $0.switches = ["anthropic-beta: x"] },
    ]
    var seen: Set<CacheKey> = [plain]
    for change in changes { #expect(seen.insert(try key(body, change)).inserted) }
  }
}

@Suite struct `What a request says of the cache` {
  private func controls(
    _ body: String, _ fields: HTTPFields = [:]
  ) throws -> CacheControls {
    try CacheControls(JSONDocument(body).root, fields)
  }

  @Test func `is read in all of LiteLLM's words`() throws {
    let all = try controls(
      #"{"cache":{"no-cache":true,"no-store":false,"ttl":60,"s-maxage":5,"namespace":"n","x":1}}"#)
    #expect(all.noCache)
    #expect(!all.noStore)
    #expect(all.ttl == 60)
    #expect(all.maxAge == 5)
    #expect(all.namespace == "n")
    #expect(all.asks)
    #expect(try controls(#"{"cache":{"s-max-age":7}}"#).maxAge == 7)
    #expect(try controls(#"{"cache":{"use-cache":true}}"#).asks)
    #expect(try controls(#"{"cache":{}}"#) == CacheControls())
    #expect(try controls(#"{"cache":null}"#) == CacheControls())
    #expect(try controls(#"{"cache":{"ttl":null}}"#) == CacheControls())
    #expect(try controls(#"{"cache_ttl_secs":9}"#).ttl == 9)
    let off = try controls(#"{"cache_ttl_secs":0}"#)
    #expect(off.noCache && off.noStore)
  }

  @Test func `is read from headers, and the body counts more`() throws {
    let fields: HTTPFields = ["x-anyllm-cache": "no-cache, ttl=60 , s-maxage=5,namespace=n"]
    let all = try controls("{}", fields)
    #expect(all.noCache && all.ttl == 60 && all.maxAge == 5 && all.namespace == "n")
    #expect(try controls(#"{"cache":{"ttl":1}}"#, fields).ttl == 1)
    #expect(try controls("{}", ["cache-control": "No-Store"]).noStore)
    #expect(try controls("{}", ["cache-control": "max-age=0, no-cache"]).noCache)
    #expect(try controls("{}", ["cache-control": "private, ttl=5"]) == CacheControls())
  }

  @Test(arguments: [
    #"{"cache":true}"#, #"{"cache":"no-cache"}"#, #"{"cache":[]}"#, #"{"cache":{"ttl":"5"}}"#,
    #"{"cache":{"ttl":-1}}"#, #"{"cache":{"ttl":1.5}}"#, #"{"cache":{"ttl":1e30}}"#,
    #"{"cache":{"no-cache":1}}"#, #"{"cache":{"no-store":"yes"}}"#, #"{"cache":{"namespace":7}}"#,
    #"{"cache":{"s-maxage":[]}}"#, #"{"cache_ttl_secs":"x"}"#, #"{"cache_ttl_secs":-5}"#,
  ])
  func `is refused when it makes no sense`(body: String) {
    #expect(throws: Failure.self) { try controls(body) }
  }

  @Test(arguments: ["ttl=x", "ttl", "no-cache=maybe", "s-maxage=-1"])
  func `is refused in a header too`(value: String) {
    #expect(throws: Failure.self) { try controls("{}", ["x-anyllm-cache": value]) }
  }

  @Test func `is taken out of the body, however it is spelt`() throws {
    func removed(_ text: String) throws -> String? {
      CacheControls.removed(from: try JSONDocument(text).root).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    #expect(try removed(#"{"model":"m"}"#) == nil)
    #expect(try removed(#"{"model":"m","cache":{"ttl":1},"x":1}"#) == #"{"model":"m","x":1}"#)
    #expect(try removed(#"{"c\u0061che":{},"model":"m","cache":{}}"#) == #"{"model":"m"}"#)
    #expect(try removed(#"{"cache_ttl_secs":5}"#) == "{}")
    #expect(try removed(#"{"cache":true}"#) == nil)
    #expect(try removed(#"{"cache":1,"cache_ttl_secs":5}"#) == #"{"cache":1}"#)
  }
}

@Suite struct `The cache of the configuration` {
  @Test func `is off until it is asked for`() {
    #expect(loaded("listen: 127.0.0.1:1").settings?.cache == Settings.Cache())
    #expect(Settings.Cache().isOn == false)
    #expect(loaded("cache: {}").settings?.cache.isOn == true)
    #expect(loaded("cache: true").settings?.cache.isOn == true)
    #expect(loaded("cache: {enabled: false, ttl: 1m}").settings?.cache.isOn == false)
  }

  @Test func `is read whole`() throws {
    let text =
      "cache: {ttl: 1m, longest_ttl: 1h, bytes: 1MiB, entry_bytes: 64KiB, scope: owner, sampled: on}"
    let cache = try #require(loaded(text).settings).cache
    var wanted = Settings.Cache()
    wanted.isOn = true
    wanted.ttl = .seconds(60)
    wanted.longestTTL = .seconds(3600)
    wanted.bytes = 1 << 20
    wanted.entryBytes = 64 << 10
    wanted.scope = .owner
    wanted.keepsSampled = true
    #expect(cache == wanted)
    let before = try #require(loaded("listen: 127.0.0.1:1").settings)
    #expect(loaded(text).settings?.diff(from: before).count(where: { $0.hasPrefix("cache.") }) == 7)
  }

  @Test(arguments: [
    ("{ttl: 2h, longest_ttl: 1h}", "cache.ttl is longer than cache.longest_ttl"),
    ("{bytes: 64KiB, entry_bytes: 1MiB}", "cache.entry_bytes is larger than cache.bytes"),
    ("{scope: world}", "is not one of caller, owner, everyone"),
    ("{type: redis}", "unknown key \"type\" in cache"), ("maybe", "is not true or false"),
    ("[]", "cache must be a mapping"),
  ])
  func `is refused when it cannot hold`(text: String, problem: String) {
    let lines = loaded("cache: \(text)").lines
    #expect(lines.count == 1)
    #expect(lines.first?.contains(problem) == true, "\(lines)")
  }
}
