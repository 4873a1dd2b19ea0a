@testable internal import Storage
internal import TestSupport
internal import Testing

extension Store {
  fileprivate func keep(_ response: KeptResponse) -> Bool {
    responses.keep(response, within: .max)
  }
}

@Suite struct `The shelf of responses` {
  private static func kept(
    _ id: String, owner: String = "key:1", at ms: Int64 = 1000, _ text: String = "{}"
  ) -> KeptResponse {
    KeptResponse(
      id: id, owner: owner, createdAtMs: ms,
      place: .here(input: Array("[]".utf8), response: Array(text.utf8)))
  }

  private static func at(_ backend: String, _ id: String) -> KeptResponse {
    KeptResponse(id: id, owner: "open", createdAtMs: 7, place: .backend(backend))
  }

  @Test func `gives back what it took, before it is written and after a restart`() async throws {
    let directory = try ScratchDirectory()
    let (first, _) = try Store.open(directory: directory.path)
    let here = Self.kept("resp_1", #"{"id":"resp_1"}"#)
    let there = Self.at("openai", "resp_2")
    try await first.whileHeld {
      #expect(first.keep(here))
      #expect(first.keep(there))
    }
    #expect(try await first.responses.response(id: "resp_1", owner: "key:1") == here)
    await first.close()
    let (second, _) = try Store.open(directory: directory.path)
    #expect(try await second.responses.response(id: "resp_1", owner: "key:1") == here)
    #expect(try await second.responses.response(id: "resp_2", owner: "open") == there)
    await second.close()
  }

  @Test func `finds what waits for the writer without asking the database`() async throws {
    let store = try Store.inMemory()
    let one = Self.kept("resp_1")
    var found: Task<KeptResponse?, any Error>?
    try await store.whileHeld {
      #expect(store.keep(one))
      found = Task { try await store.responses.response(id: "resp_1", owner: "key:1") }
    }
    #expect(try await found?.value == one)
  }

  @Test(arguments: hostileTexts) func `keeps owners apart`(name: String) async throws {
    let store = try Store.inMemory()
    let mine = Self.kept(name, owner: "key:1", "mine")
    #expect(store.keep(mine))
    for isWritten in [false, true] {
      if isWritten { try await store.flush() }
      #expect(try await store.responses.response(id: name, owner: "key:2") == nil)
      #expect(try await store.responses.remove(id: name, owner: "key:2") == false)
      #expect(try await store.responses.response(id: name, owner: "key:1") == mine)
    }
    // Two owners may have the same name for what is each one's own.
    let yours = Self.kept(name, owner: "key:2", "yours")
    #expect(store.keep(yours))
    try await store.flush()
    #expect(try await store.responses.response(id: name, owner: "key:1") == mine)
    #expect(try await store.responses.response(id: name, owner: "key:2") == yours)
  }

  @Test func `forgets what is removed, written or not`() async throws {
    let store = try Store.inMemory()
    #expect(store.keep(Self.kept("resp_1")))
    try await store.flush()
    #expect(store.keep(Self.kept("resp_1", "again")))
    #expect(try await store.responses.remove(id: "resp_1", owner: "key:1"))
    #expect(try await store.responses.response(id: "resp_1", owner: "key:1") == nil)
    #expect(try await store.responses.remove(id: "resp_1", owner: "key:1") == false)
  }

  @Test func `has the last of two of one name`() async throws {
    let store = try Store.inMemory()
    for text in ["one", "two", "three"] {
      #expect(store.keep(Self.kept("resp_1", text)))
      if text == "one" { try await store.flush() }
    }
    try await store.flush()
    let found = try await store.responses.response(id: "resp_1", owner: "key:1")
    #expect(found == Self.kept("resp_1", "three"))
  }

  @Test func `refuses what is too large, and what is too much at once`() async throws {
    var limits = StoreLimits()
    limits.responseBytes = 4000
    limits.waitingResponseBytes = 7000
    let store = try Store.inMemory(limits: limits)
    let large = String(repeating: "x", count: 2500)
    #expect(!store.keep(Self.kept("resp_0", large + large)))
    try await store.whileHeld {
      #expect(store.keep(Self.kept("resp_1", large)))
      #expect(store.keep(Self.kept("resp_2", large)))
      #expect(!store.keep(Self.kept("resp_3", large)))
    }
    try await store.flush()
    #expect(store.keep(Self.kept("resp_3", large)))
    #expect(try await store.responses.response(id: "resp_0", owner: "key:1") == nil)
  }

  @Test func `lets the oldest go when it is full`() async throws {
    let store = try Store.inMemory()
    let text = String(repeating: "x", count: 1500)
    for number in 0..<300 {
      let one = Self.kept("resp_\(number)", at: Int64(number), text)
      #expect(store.responses.keep(one, within: 200_000))
    }
    try await store.flush()
    let sizes = try await store.perform { database throws(StorageFailure) in
      try database.integer("SELECT sum(byte_count) FROM responses") ?? 0
    }
    #expect(sizes <= 200_000 && sizes > 50_000)
    #expect(try await store.responses.response(id: "resp_0", owner: "key:1") == nil)
    #expect(try await store.responses.response(id: "resp_299", owner: "key:1") != nil)
  }

  @Test func `is trimmed by age`() async throws {
    let store = try Store.inMemory()
    for number in 0..<120 {
      #expect(store.keep(Self.kept("resp_\(number)", at: Int64(number))))
    }
    try await store.flush()
    #expect(try await store.trimResponses(olderThanMs: 100) == 100)
    #expect(try await store.trimResponses(olderThanMs: 100) == 0)
    #expect(try await store.responses.response(id: "resp_99", owner: "key:1") == nil)
    #expect(try await store.responses.response(id: "resp_100", owner: "key:1") != nil)
  }

  @Test func `writes more than one batch before the store is closed`() async throws {
    let directory = try ScratchDirectory()
    let (store, _) = try Store.open(directory: directory.path)
    let text = String(repeating: "x", count: 3 << 20)
    try await store.whileHeld {
      for number in 0..<5 { #expect(store.keep(Self.kept("resp_\(number)", text))) }
    }
    await store.close()
    let (again, _) = try Store.open(directory: directory.path)
    for number in 0..<5 {
      #expect(try await again.responses.response(id: "resp_\(number)", owner: "key:1") != nil)
    }
    await again.close()
  }

  @Test func `keeps what a full disk refused for the next try`() async throws {
    var limits = StoreLimits()
    limits.maximumPages = 40
    let store = try Store.inMemory(limits: limits)
    let large = Self.kept("resp_1", String(repeating: "x", count: 1 << 20))
    #expect(store.keep(large))
    try await store.flush()
    #expect(try await store.responses.response(id: "resp_1", owner: "key:1") == large)
    #expect(try await store.responses.remove(id: "resp_1", owner: "key:1"))
    #expect(store.keep(Self.kept("resp_2")))
    try await store.flush()
    #expect(try await store.responses.response(id: "resp_2", owner: "key:1") != nil)
  }
}

@Suite struct `Responses that wait` {
  @Test func `do not pile up when one gives way to the other`() {
    var waiting = WaitingResponses()
    for number in 0..<10_000 {
      waiting.add(
        KeptResponse(
          id: "resp_\(number % 3)", owner: "open", createdAtMs: Int64(number),
          place: .backend("b")))
    }
    let written = waiting.oldest(.max)
    #expect(written.map(\.response.createdAtMs) == [9997, 9998, 9999])
    waiting.add(
      KeptResponse(id: "resp_1", owner: "open", createdAtMs: 0, place: .backend("new")))
    waiting.remove(written)
    #expect(waiting.oldest(.max).map(\.response.place) == [.backend("new")])
    let wasThere = waiting.remove(id: "resp_1", owner: "open")
    #expect(wasThere)
    #expect(waiting.isEmpty && waiting.byteCount == 0)
  }
}
