// Appends records as fast as it can and names each accepted one on standard output, until it is
// killed. The tests then look whether the store kept all of them.

internal import Glibc
internal import Storage

var limits = StoreLimits()
limits.journalBytes = 64 << 10
limits.drainInterval = .milliseconds(2)
limits.batchRecords = 16

let directory = CommandLine.arguments[1]
let round = CommandLine.arguments[2]
do {
  let (store, _) = try Store.open(directory: directory, limits: limits)
  await withDiscardingTaskGroup { group in
    for task in 0..<4 {
      group.addTask {
        for number in 0... {
          let id = "\(round)-\(task)-\(number)"
          let record = ExchangeRecord(
            id: id, startedAtMs: Int64(number) * 900_000, modelRequested: "model-\(number % 4)",
            keyName: "probe", owner: "name:probe", session: String(id.reversed()), inputTokens: 1,
            costNanoDollars: Int64(number))
          while !store.records.append(record) { sched_yield() }
          let line = id + "\n"
          _ = unsafe write(STDOUT_FILENO, line, line.utf8.count)
        }
      }
    }
  }
  await store.close()
} catch {
  print("failed: \(error)")
}
