internal import CSQLite

/// One SQLite connection and its prepared statements, used by one thread at a time.
@safe final class Database {
  let path: String
  private let connection: OpaquePointer
  private var statements: [String: Statement] = [:]

  /// Opens the file, or a database in memory when the path is `:memory:`.
  init(path: String, maximumPages: Int? = nil) throws(StorageFailure) {
    _ = Self.isConfigured
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let result = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    guard result == SQLITE_OK, let opened = unsafe opened else {
      let failure = StorageFailure(result: result, reason: "cannot open \(path)")
      unsafe sqlite3_close_v2(opened)
      throw failure
    }
    unsafe connection = opened
    self.path = path
    unsafe sqlite3_extended_result_codes(connection, 1)
    unsafe sqlite3_busy_timeout(connection, 2000)
    try configure(maximumPages: maximumPages)
  }

  deinit {
    statements.removeAll()
    unsafe sqlite3_close_v2(connection)
  }

  /// Turns off SQLite's own count of its memory, whose lock is a tenth of a batch.
  private static let isConfigured = csqlite_disable_memory_status() == SQLITE_OK

  /// The statement for this text, prepared once and kept; reset it after use.
  func statement(_ sql: String) throws(StorageFailure) -> Statement {
    if let known = statements[sql] { return known }
    let made = unsafe try Statement(sql, on: connection)
    statements[sql] = made
    return made
  }

  /// Runs one statement and returns how many rows it changed.
  @discardableResult
  func run(_ sql: String, _ values: [SQLValue] = []) throws(StorageFailure) -> Int {
    let statement = try bound(sql, values)
    try statement.run()
    return unsafe Int(sqlite3_changes(connection))
  }

  /// Runs one query and makes a value of each row.
  func rows<Value>(
    _ sql: String, _ values: [SQLValue] = [], _ make: (Statement) -> Value
  ) throws(StorageFailure) -> [Value] {
    let statement = try bound(sql, values)
    defer { statement.reset() }
    var made: [Value] = []
    while try statement.step() { made.append(make(statement)) }
    return made
  }

  /// Runs statements that are not worth keeping, such as a migration.
  func script(_ sql: String) throws(StorageFailure) {
    let result = unsafe sqlite3_exec(connection, sql, nil, nil, nil)
    guard result == SQLITE_OK else {
      throw unsafe StorageFailure(result: result, connection: connection)
    }
  }

  /// Does everything in the body, or nothing.
  func transaction<Value>(
    _ body: () throws(StorageFailure) -> Value
  ) throws(StorageFailure) -> Value {
    try run("BEGIN IMMEDIATE")
    do throws(StorageFailure) {
      let value = try body()
      try run("COMMIT")
      return value
    } catch {
      // SQLite may have rolled back by itself; the first failure is the one to tell.
      if unsafe sqlite3_get_autocommit(connection) == 0 { _ = try? run("ROLLBACK") }
      throw error
    }
  }

  var lastInsertedID: Int64 { unsafe sqlite3_last_insert_rowid(connection) }

  /// The first integer of the first row.
  func integer(_ sql: String, _ values: [SQLValue] = []) throws(StorageFailure) -> Int64? {
    try rows(sql, values) { $0.optionalInteger(0) }.first ?? nil
  }

  private func bound(_ sql: String, _ values: [SQLValue]) throws(StorageFailure) -> Statement {
    let statement = try statement(sql)
    for (index, value) in values.enumerated() { statement.bind(Int32(index + 1), value) }
    return statement
  }

  private func configure(maximumPages: Int?) throws(StorageFailure) {
    // `auto_vacuum` counts only before the first table is made.
    try script("PRAGMA auto_vacuum = INCREMENTAL")
    try script("PRAGMA journal_mode = WAL")
    try script("PRAGMA synchronous = NORMAL")
    try script("PRAGMA foreign_keys = ON")
    try script("PRAGMA trusted_schema = OFF")
    try script("PRAGMA wal_autocheckpoint = 2000")
    // Rows are appended; what is read is read once. The default is 2 MB.
    try script("PRAGMA cache_size = -512")
    try script("PRAGMA journal_size_limit = 67108864")
    if let maximumPages { try script("PRAGMA max_page_count = \(maximumPages)") }
  }
}
