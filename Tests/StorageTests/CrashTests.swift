internal import Glibc
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct `A killed process` {
  @Test func `loses nothing that was accepted, and nothing is there twice`() async throws {
    let directory = try ScratchDirectory()
    var accepted: Set<String> = []
    var replayed = 0
    for round in 0..<6 {
      accepted.formUnion(
        try idsAcceptedUntilKilled(directory.path, round: round, after: 200 + round * 331))
      let (store, recovery) = try Store.open(directory: directory.path)
      replayed += recovery.replayedRecords
      #expect(recovery.movedAside.isEmpty)
      let rows = try await store.allRequests()
      let ids = Set(rows.map(\.record.id))
      #expect(ids.count == rows.count)
      #expect(accepted.subtracting(ids) == [])
      // Each of the four tasks may have been killed between the append and the telling.
      #expect(ids.count - accepted.count <= 4 * (round + 1))
      #expect(try await store.wholeLedger().map(\.sequence) == rows.map(\.sequence).reversed())
      #expect(try await store.keyUsage().map(\.requests) == [rows.count])
      try await expectSumsOfLedger(store)
      await store.close()
    }
    #expect(replayed > 0)
  }
}

/// What was spent is what the ledger says, by owner, model and hour.
private func expectSumsOfLedger(_ store: Store) async throws {
  var byHour: [String: Int64] = [:]
  var inAll: [String: Int64] = [:]
  for row in try await store.wholeLedger() {
    let cost = row.costNanoDollars ?? 0
    byHour["\(row.owner) \(row.modelRequested) \(row.atMs / 3_600_000)", default: 0] += cost
    inAll["\(row.owner) \(row.modelRequested)", default: 0] += cost
  }
  let spends = try await store.spends(sinceMs: 0).map {
    ("\($0.owner) \($0.model) \($0.startMs / 3_600_000)", $0.nanoDollars)
  }
  #expect(Dictionary(spends) { $0 + $1 } == byHour)
  let totals = try await store.spendTotals(atMs: 0).map {
    ("\($0.owner) \($0.model)", $0.nanoDollars)
  }
  #expect(Dictionary(totals) { $0 + $1 } == inAll)
  #expect(inAll.count == 4)
}

/// Runs the probe, kills it with SIGKILL once it has named so many records, and returns all names.
private func idsAcceptedUntilKilled(
  _ directory: String, round: Int, after count: Int
) throws -> [String] {
  var ends: [Int32] = [0, 0]
  guard unsafe pipe(&ends) == 0 else { throw StorageFailure(.unexpected, "no pipe") }
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
  unsafe posix_spawn_file_actions_addclose(&actions, ends[0])
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  let path = try probePath()
  let arguments = unsafe copied([path, directory, "\(round)"])
  let environment = unsafe copied(sanitizerSettings())
  defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
  var process = pid_t()
  let result = unsafe posix_spawn(&process, path, &actions, nil, arguments, environment)
  close(ends[1])
  guard result == 0 else { throw StorageFailure(.notFound, "cannot run \(path)") }

  var bytes: [UInt8] = []
  var lines = 0
  var isKilled = false
  while let chunk = readChunk(ends[0]) {
    bytes += chunk
    lines += chunk.count { $0 == 0x0a }
    if lines >= count, !isKilled {
      kill(process, SIGKILL)
      isKilled = true
    }
  }
  close(ends[0])
  var status: Int32 = 0
  unsafe waitpid(process, &status, 0)
  #expect(isKilled && status & 0x7f == SIGKILL)
  return bytes.split(separator: 0x0a).map { String(decoding: $0, as: UTF8.self) }
}

/// C strings with the null pointer that ends such a list.
private func copied(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
  unsafe texts.map { unsafe strdup($0) } + [nil]
}

/// What a sanitizer needs to know in the probe too.
private func sanitizerSettings() -> [String] {
  ["LD_PRELOAD", "TSAN_OPTIONS", "ASAN_OPTIONS"].compactMap { name in
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe "\(name)=\(String(cString: value))"
  }
}

/// What the pipe has next; nil at its end.
private func readChunk(_ descriptor: Int32) -> [UInt8]? {
  let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
    unsafe count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
  }
  return chunk.isEmpty ? nil : chunk
}

/// The probe lies beside the test program.
private func probePath() throws -> String {
  let target = unsafe [CChar](unsafeUninitializedCapacity: 4096) { buffer, count in
    guard let base = buffer.baseAddress else { return }
    unsafe count = max(0, readlink("/proc/self/exe", base, buffer.count))
  }
  let path = String(decoding: target.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let beside = path.split(separator: "/").dropLast().joined(separator: "/")
  return "/" + beside + "/storage-crash-probe"
}
