internal import CSQLite

extension StorageFailure {
  /// Dresses a result of SQLite in the words of the house.
  @safe init(result: Int32, connection: OpaquePointer?) {
    var reason = "SQLite error \(result)"
    if let connection = unsafe connection, let text = unsafe sqlite3_errmsg(connection) {
      reason = unsafe String(cString: text)
    }
    self.init(result: result, reason: reason)
  }

  /// Chooses the kind by the primary code of an extended result.
  init(result: Int32, reason: String) {
    switch result & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED:
      self.init(
        .locked,
        "the database is held by another process (\(reason)); end that process, or wait for it")
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      self.init(
        .corrupted,
        "the database is damaged (\(reason)); restart anyllm, which moves it aside and says so")
    case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
      self.init(
        .notWritable,
        "the database cannot be written (\(reason)); check who owns its directory and its mode")
    case SQLITE_FULL:
      self.init(
        .diskFull, "the disk is full (\(reason)); free some space, records wait until then")
    case SQLITE_IOERR:
      self.init(.inputOutput, "the disk refused (\(reason)); look at the system's log")
    case SQLITE_CONSTRAINT:
      self.init(.conflict, "the database refused a value (\(reason))")
    default:
      self.init(.unexpected, "the database failed (\(reason), code \(result))")
    }
  }
}
