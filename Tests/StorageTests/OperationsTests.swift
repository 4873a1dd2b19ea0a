internal import Storage
internal import TestSupport
internal import Testing

private func entry(_ action: String, generation: Int) -> AuditEntry {
  AuditEntry(
    atMs: 1, actor: "uid:1000", action: action, target: "claude-*", before: nil, after: "x:y",
    generation: generation)
}

@Suite struct `What operators change` {
  @Test func `is kept with its entry of the audit trail and its generation`() async throws {
    let directory = try ScratchDirectory()
    let first = try Store.open(directory: directory.path).store
    #expect(try await first.overlay().isEmpty)
    #expect(try await first.lastGeneration() == 0)
    let mappings = [
      OverlayMapping(pattern: "z*", target: "openai:gpt", position: 0),
      OverlayMapping(pattern: "a*", target: nil, position: 1),
    ]
    try await first.saveOverlay(mappings, generation: 4, audit: entry("set", generation: 4))
    await first.close()
    let second = try Store.open(directory: directory.path).store
    #expect(try await second.overlay() == mappings)
    #expect(try await second.lastGeneration() == 4)
    #expect(try await second.audit(limit: 10) == [entry("set", generation: 4)])
    await second.close()
  }

  @Test(arguments: [3, 4]) func `is refused with a generation that does not grow`(
    generation: Int
  ) async throws {
    let store = try Store.inMemory()
    let kept = [OverlayMapping(pattern: "a", target: "b", position: 0)]
    try await store.saveOverlay(kept, generation: 4, audit: entry("set", generation: 4))
    let failure = await #expect(throws: StorageFailure.self) {
      try await store.saveOverlay(
        [], generation: generation, audit: entry("unset", generation: generation))
    }
    #expect(failure?.kind == .staleGeneration)
    #expect(try await store.overlay() == kept)
    #expect(try await store.audit(limit: 10).count == 1)
  }

  @Test func `is saved whole or not at all`() async throws {
    let store = try Store.inMemory()
    let kept = [OverlayMapping(pattern: "a", target: "b", position: 0)]
    try await store.saveOverlay(kept, generation: 1, audit: entry("set", generation: 1))
    let twice = [
      OverlayMapping(pattern: "c", target: "d", position: 0),
      OverlayMapping(pattern: "c", target: "e", position: 1),
    ]
    let failure = await #expect(throws: StorageFailure.self) {
      try await store.saveOverlay(twice, generation: 2, audit: entry("set", generation: 2))
    }
    #expect(failure?.kind == .conflict)
    #expect(try await store.overlay() == kept)
    #expect(try await store.lastGeneration() == 1)
    #expect(try await store.audit(limit: 10).count == 1)
  }

  @Test func `other than mappings is in the audit trail too, newest first`() async throws {
    let store = try Store.inMemory()
    try await store.appendAudit(entry("reload", generation: 5))
    try await store.appendAudit(entry("keys.add", generation: 5))
    try await store.appendAudit(entry("late", generation: 2))
    #expect(try await store.audit(limit: 10).map(\.action) == ["late", "keys.add", "reload"])
    #expect(try await store.audit(limit: 1).map(\.action) == ["late"])
    #expect(try await store.lastGeneration() == 5)
  }

  @Test(arguments: hostileTexts) func `may be any text`(text: String) async throws {
    let store = try Store.inMemory()
    let mappings = [OverlayMapping(pattern: text, target: text, position: 0)]
    let entry = AuditEntry(
      atMs: 1, actor: text, action: text, target: text, before: text, after: text, generation: 1)
    try await store.saveOverlay(mappings, generation: 1, audit: entry)
    #expect(try await store.overlay() == mappings)
    #expect(try await store.audit(limit: 1) == [entry])
  }
}
