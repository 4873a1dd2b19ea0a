@testable internal import Storage
internal import TestSupport
internal import Testing

private func bodies(_ id: String, bytes: Int = 10, at moment: Int64 = 1) -> KeptBodies {
  KeptBodies(
    id: id, createdAtMs: moment, request: [UInt8](repeating: 0x61, count: bytes), reply: [0, 1])
}

@Suite struct `The shelf of bodies` {
  @Test func `gives back what was kept, at once and after a restart`() async throws {
    let directory = try ScratchDirectory()
    let first = try Store.open(directory: directory.path).store
    #expect(first.bodies.keep(bodies("a")))
    #expect(try await first.bodies.bodies(of: "a") == bodies("a"))
    #expect(try await first.bodies.bodies(of: "b") == nil)
    await first.close()
    let second = try Store.open(directory: directory.path).store
    #expect(try await second.bodies.bodies(of: "a") == bodies("a"))
    await second.close()
  }

  @Test func `cuts what is long, and leaves out what is too much at once`() async throws {
    var limits = StoreLimits()
    limits.bodyBytes = 100
    limits.waitingBodyBytes = 1000
    let store = try Store.inMemory(limits: limits)
    try await store.whileHeld {
      #expect(store.bodies.keep(bodies("long", bytes: 5000)))
      #expect(store.bodies.keep(bodies("second")))
      let taken = (0..<5).map { store.bodies.keep(bodies("\($0)", bytes: 100)) }
      #expect(taken.contains(false))
    }
    #expect(try await store.bodies.bodies(of: "long")?.request.count == 100)
    #expect(try await store.bodies.bodies(of: "second") != nil)
    _ = try await store.allKeys()
    #expect(store.bodies.keep(bodies("after")))
  }

  @Test func `lets the oldest give way`() async throws {
    var limits = StoreLimits()
    limits.keptBodyBytes = 200_000
    let store = try Store.inMemory(limits: limits)
    for number in 0..<300 {
      #expect(store.bodies.keep(bodies("\(number)", bytes: 1000, at: Int64(number))))
      if number % 20 == 0 { _ = try await store.allKeys() }
    }
    _ = try await store.allKeys()
    #expect(try await store.bodies.bodies(of: "0") == nil)
    #expect(try await store.bodies.bodies(of: "299") != nil)
    let kept = try await store.perform { database throws(StorageFailure) in
      try database.integer("SELECT sum(byte_count) FROM bodies") ?? 0
    }
    #expect(kept > 0 && kept <= 200_000)
  }

  @Test func `forgets by age`() async throws {
    let store = try Store.inMemory()
    for number in 0..<120 { #expect(store.bodies.keep(bodies("\(number)", at: Int64(number)))) }
    _ = try await store.allKeys()
    #expect(try await store.trimBodies(olderThanMs: 110) == 110)
    #expect(try await store.bodies.bodies(of: "109") == nil)
    #expect(try await store.bodies.bodies(of: "110") != nil)
  }
}
