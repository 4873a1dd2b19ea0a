internal import Storage
internal import TestSupport
internal import Testing

private func digest(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

@Suite struct `Stored keys` {
  @Test func `come back as they were stored`() async throws {
    let store = try Store.inMemory()
    let stored = try await store.insertKey(
      name: "blue", prefix: "sk-abcde", digest: digest(1), createdAtMs: 5, expiresAtMs: 99,
      note: "for the blue team")
    #expect(
      stored
        == StoredKey(
          id: stored.id, name: "blue", prefix: "sk-abcde", digest: digest(1), createdAtMs: 5,
          expiresAtMs: 99, note: "for the blue team"))
    #expect(try await store.allKeys() == [stored])
  }

  @Test func `have a name of their own until they are revoked`() async throws {
    let store = try Store.inMemory()
    let first = try await store.insertKey(
      name: "blue", prefix: "a", digest: digest(1), createdAtMs: 1)
    let failure = await #expect(throws: StorageFailure.self) {
      try await store.insertKey(name: "blue", prefix: "b", digest: digest(2), createdAtMs: 2)
    }
    #expect(failure?.kind == .conflict)
    #expect(failure?.message.contains("`blue`") == true)
    try await store.revokeKey(id: first.id, atMs: 3)
    let second = try await store.insertKey(
      name: "blue", prefix: "b", digest: digest(2), createdAtMs: 4)
    #expect(second.id > first.id)
    #expect(try await store.allKeys().map(\.revokedAtMs) == [3, nil])
  }

  @Test func `are refused when the secret was stored before`() async throws {
    let store = try Store.inMemory()
    _ = try await store.insertKey(name: "a", prefix: "a", digest: digest(1), createdAtMs: 1)
    let failure = await #expect(throws: StorageFailure.self) {
      try await store.insertKey(name: "b", prefix: "b", digest: digest(1), createdAtMs: 1)
    }
    #expect(failure?.kind == .conflict)
    #expect(failure?.message.contains("secret") == true)
  }

  @Test(arguments: [0, 31, 33]) func `need a digest of 32 bytes`(count: Int) async throws {
    let store = try Store.inMemory()
    let failure = await #expect(throws: StorageFailure.self) {
      try await store.insertKey(
        name: "a", prefix: "a", digest: [UInt8](repeating: 1, count: count), createdAtMs: 1)
    }
    #expect(failure?.kind == .invalid)
    #expect(try await store.allKeys().isEmpty)
  }

  @Test func `are changed as a whole, with their entry of the audit trail`() async throws {
    let directory = try ScratchDirectory()
    let store = try Store.open(directory: directory.path).store
    var key = try await store.insertKey(
      name: "a", prefix: "a", digest: digest(1), createdAtMs: 1, terms: "{\"x\":1}")
    key.name = "b"
    key.note = "n"
    key.terms = "{}"
    key.expiresAtMs = 7
    key.pausedAtMs = 8
    (key.prefix, key.digest, key.previousDigest, key.previousUntilMs) = (
      "p", digest(2), digest(1), 9
    )
    let entry = AuditEntry(
      atMs: 1, actor: "uid:0", action: "key.edit", target: "a", before: "x", generation: 12)
    try await store.saveKey(key, audit: entry)
    #expect(try await store.audit(limit: 5) == [entry])
    #expect(try await store.lastGeneration() == 12)
    await store.close()
    let again = try Store.open(directory: directory.path).store
    #expect(try await again.allKeys() == [key])
    key.id = 404
    let failure = await #expect(throws: StorageFailure.self) {
      try await again.saveKey(key, audit: entry)
    }
    #expect(failure?.kind == .notFound)
    #expect(try await again.audit(limit: 5).count == 1)
    await again.close()
  }

  @Test func `cannot have a secret that another key has or had`() async throws {
    let store = try Store.inMemory()
    var first = try await store.insertKey(name: "a", prefix: "a", digest: digest(1), createdAtMs: 1)
    (first.digest, first.previousDigest) = (digest(2), digest(1))
    try await store.saveKey(first)
    for taken in [1, 2] as [UInt8] {
      let failure = await #expect(throws: StorageFailure.self) {
        try await store.insertKey(name: "b", prefix: "b", digest: digest(taken), createdAtMs: 1)
      }
      #expect(failure?.kind == .conflict)
    }
    var second = try await store.insertKey(
      name: "b", prefix: "b", digest: digest(3), createdAtMs: 1)
    second.name = "a"
    let failure = await #expect(throws: StorageFailure.self) { try await store.saveKey(second) }
    #expect(failure?.message.contains("`a`") == true)
    #expect(try await store.allKeys().map(\.name) == ["a", "b"])
  }

  @Test func `come in numbers, all or none`() async throws {
    let store = try Store.inMemory()
    let keys = (1...3).map { number in
      StoredKey(
        id: 99, name: "k\(number)", prefix: "p", digest: digest(UInt8(number)), createdAtMs: 1)
    }
    #expect(try await store.insertKeys(keys).map(\.id) == [1, 2, 3])
    var more = (4...6).map { number in
      StoredKey(
        id: 99, name: "k\(number)", prefix: "p", digest: digest(UInt8(number)), createdAtMs: 1)
    }
    more[2].name = "k1"
    await #expect(throws: StorageFailure.self) { try await store.insertKeys(more) }
    #expect(try await store.allKeys().count == 3)
  }

  @Test func `keep the moment of their first revocation`() async throws {
    let store = try Store.inMemory()
    let key = try await store.insertKey(
      name: "a", prefix: "a", digest: digest(1), createdAtMs: 1)
    #expect(try await store.revokeKey(id: key.id, atMs: 10).revokedAtMs == 10)
    #expect(try await store.revokeKey(id: key.id, atMs: 20).revokedAtMs == 10)
    let failure = await #expect(throws: StorageFailure.self) {
      try await store.revokeKey(id: 404, atMs: 1)
    }
    #expect(failure?.kind == .notFound)
  }

  @Test(arguments: hostileTexts) func `take any text as text`(text: String) async throws {
    let store = try Store.inMemory()
    let key = try await store.insertKey(
      name: text, prefix: text, digest: digest(1), createdAtMs: 1, note: text)
    #expect(try await store.allKeys() == [key])
  }

  @Test func `are hashed with a secret that is made once and outlives the process`() async throws {
    let directory = try ScratchDirectory()
    let first = try Store.open(directory: directory.path).store
    let made = try await first.installSecret { digest(42) }
    #expect(try await first.installSecret { digest(43) } == made)
    await first.close()
    let second = try Store.open(directory: directory.path).store
    #expect(try await second.installSecret { digest(44) } == digest(42))
    await second.close()
  }
}
