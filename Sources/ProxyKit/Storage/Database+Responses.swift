extension Database {
  /// The response of this name, if this owner made it.
  func keptResponse(id: String, owner: String) throws(StorageFailure) -> KeptResponse? {
    try rows(
      """
      SELECT created_at_ms, backend, input, response FROM responses WHERE owner = ? AND id = ?
      """, [.text(owner), .text(id)]
    ) { row in
      let backend = row.optionalText(1)
      return KeptResponse(
        id: id, owner: owner, createdAtMs: row.integer(0),
        place: backend.map { .backend($0) } ?? .here(input: row.blob(2), response: row.blob(3)))
    }.first
  }

  /// Writes responses, all or none; one of the same owner and name gives way.
  func insert(_ responses: [KeptResponse]) throws(StorageFailure) {
    try transaction { () throws(StorageFailure) in
      for kept in responses {
        var backend: String?
        var content: [SQLValue] = [.null, .null]
        switch kept.place {
        case .backend(let name): backend = name
        case .here(let input, let response): content = [.blob(input), .blob(response)]
        }
        try run(
          """
          INSERT OR REPLACE INTO responses
            (owner, id, created_at_ms, byte_count, backend, input, response)
          VALUES (?,?,?,?,?,?,?)
          """,
          [
            .text(kept.owner), .text(kept.id), .integer(kept.createdAtMs),
            .integer(Int64(kept.byteCount)), .optional(backend),
          ] + content)
      }
    }
  }

  /// Read from the index alone.
  func keptResponseBytes() throws(StorageFailure) -> Int {
    Int(try integer("SELECT sum(byte_count) FROM responses") ?? 0)
  }

  /// Deletes a few of the oldest responses and returns how many bytes those were.
  func deleteOldestResponses() throws(StorageFailure) -> Int {
    try rows(
      """
      DELETE FROM responses WHERE number IN (
        SELECT number FROM responses ORDER BY created_at_ms LIMIT 50)
      RETURNING byte_count
      """
    ) { $0.int(0) }.reduce(0, +)
  }
}
