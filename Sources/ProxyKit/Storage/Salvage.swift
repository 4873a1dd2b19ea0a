/// What can be carried from a damaged database, which was moved aside, into a new one.
///
/// A table is taken only when its own pages are whole: a key that was revoked must not come back
/// because a page was half read.
struct Salvage {
  private static let tables = [
    "meta", "keys", "overlay", "overrides", "audit", "ledger", "request_log", "responses",
    "bodies", "spends", "spend_totals",
  ]
  /// Sums of the ledger, which can be counted again.
  private static let sums: Set = ["spends", "spend_totals"]
  /// Of no use without `meta`: it holds the secret that keys are hashed with, and the sequence
  /// that says which rows of the ledger the sums count already.
  private static let tablesThatNeedMeta = sums.union(["keys"])

  private let database: Database

  init(into database: Database) { self.database = database }

  /// Copies every whole table and returns the names of those that were left behind.
  func take(from path: String) -> [String] {
    guard (try? database.run("ATTACH ? AS damaged", [.text(path)])) != nil else {
      return Self.tables
    }
    var left: [String] = []
    for table in Self.tables {
      let isUseful = !left.contains("meta") || !Self.tablesThatNeedMeta.contains(table)
      if !isUseful || !isTaken(table) { left.append(table) }
    }
    _ = try? database.run("DETACH damaged")
    _ = try? continueSequences()
    if left.contains(where: Self.sums.contains) {
      _ = try? SpendTally(database).forget()
      // What is counted again is not lost.
      if !left.contains("ledger") { left.removeAll(where: Self.sums.contains) }
    }
    return left
  }

  /// New records come behind every row that was taken.
  private func continueSequences() throws(StorageFailure) {
    for table in ["ledger", "request_log"] {
      try database.run(
        """
        UPDATE meta SET number = max(number, (SELECT coalesce(max(sequence), 0) FROM \(table)))
        WHERE name = 'last_sequence'
        """)
    }
  }

  private func isTaken(_ table: String) -> Bool {
    do throws(StorageFailure) {
      let version = try database.integer("PRAGMA damaged.user_version")
      guard version == Int64(Schema.steps.count) else { return false }
      let answer = try database.rows("PRAGMA damaged.quick_check(\(table))") { $0.text(0) }
      guard answer == ["ok"] else { return false }
      // The names are the constants above.
      try database.run("INSERT OR REPLACE INTO main.\(table) SELECT * FROM damaged.\(table)")
      return true
    } catch {
      return false
    }
  }
}
