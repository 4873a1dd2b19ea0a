/// What one exchange used and cost; never changed once written.
package struct LedgerRow: Sendable, Equatable {
  package var sequence: Int64
  package var atMs: Int64
  package var keyID: Int64?
  package var keyName: String
  package var backend: String
  package var model: String
  package var inputTokens: Int
  package var outputTokens: Int
  package var cacheReadTokens: Int
  package var cacheWriteTokens: Int
  package var reasoningTokens: Int
  /// Absent when the price was unknown.
  package var costNanoDollars: Int64?

  static let columns = """
    sequence, at_ms, key_id, key_name, backend, model, input_tokens, output_tokens, \
    cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_nano_dollars
    """

  static let insertion = "INSERT INTO ledger (\(columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"

  /// Binds a record whose texts lie in `bytes`, which must stay where they are until the
  /// statement is reset.
  static func bind(
    _ record: RecordWindow, in bytes: UnsafeRawBufferPointer, sequence: Int64,
    to statement: Statement
  ) {
    let numbers = record.numbers
    statement.bind(1, sequence)
    statement.bind(2, numbers.startedAtMs)
    statement.bind(3, numbers.keyID)
    unsafe statement.bind(4, record.keyName, of: bytes)
    unsafe statement.bind(5, record.backend, of: bytes)
    unsafe statement.bind(6, record.modelSent, of: bytes)
    statement.bind(7, numbers.inputTokens)
    statement.bind(8, numbers.outputTokens)
    statement.bind(9, numbers.cacheReadTokens)
    statement.bind(10, numbers.cacheWriteTokens)
    statement.bind(11, numbers.reasoningTokens)
    statement.bind(12, numbers.costNanoDollars)
  }

  static func read(_ row: Statement) -> LedgerRow {
    LedgerRow(
      sequence: row.integer(0), atMs: row.integer(1), keyID: row.optionalInteger(2),
      keyName: row.text(3), backend: row.text(4), model: row.text(5), inputTokens: row.int(6),
      outputTokens: row.int(7), cacheReadTokens: row.int(8), cacheWriteTokens: row.int(9),
      reasoningTokens: row.int(10), costNanoDollars: row.optionalInteger(11))
  }
}
