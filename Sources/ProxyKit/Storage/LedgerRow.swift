/// What one exchange used and cost; never changed once written.
package struct LedgerRow: Sendable, Equatable {
  package var sequence: Int64
  /// When it was settled; rows of older programs have the moment of its beginning.
  package var atMs: Int64
  package var keyID: Int64?
  package var keyName: String
  /// Whose account it is booked on.
  package var owner: String
  package var route: String
  package var backend: String
  package var modelRequested: String
  package var model: String
  package var inputTokens: Int
  package var outputTokens: Int
  package var cacheReadTokens: Int
  package var cacheWriteTokens: Int
  /// The part of the writes that is kept for an hour.
  package var cacheWrite1hTokens: Int
  package var reasoningTokens: Int
  package var webSearches: Int
  /// Absent when the price was unknown.
  package var costNanoDollars: Int64?

  static let columns = """
    sequence, at_ms, key_id, key_name, backend, model, input_tokens, output_tokens, \
    cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_nano_dollars, owner, \
    model_requested, route, cache_write_1h_tokens, web_searches
    """

  static let insertion =
    "INSERT INTO ledger (\(columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"

  /// Binds a record whose texts lie in `bytes`, which must stay where they are until the
  /// statement is reset.
  static func bind(
    _ record: RecordWindow, in bytes: UnsafeRawBufferPointer, sequence: Int64,
    to statement: Statement
  ) {
    let numbers = record.numbers
    statement.bind(1, sequence)
    statement.bind(2, numbers.settledAtMs)
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
    unsafe statement.bind(13, record.owner, of: bytes)
    unsafe statement.bind(14, record.modelRequested, of: bytes)
    unsafe statement.bind(15, record.route, of: bytes)
    statement.bind(16, numbers.cacheWrite1hTokens)
    statement.bind(17, numbers.webSearches)
  }

  static func read(_ row: Statement) -> LedgerRow {
    LedgerRow(
      sequence: row.integer(0), atMs: row.integer(1), keyID: row.optionalInteger(2),
      keyName: row.text(3), owner: row.text(12), route: row.text(14), backend: row.text(4),
      modelRequested: row.text(13), model: row.text(5), inputTokens: row.int(6),
      outputTokens: row.int(7), cacheReadTokens: row.int(8), cacheWriteTokens: row.int(9),
      cacheWrite1hTokens: row.int(15), reasoningTokens: row.int(10), webSearches: row.int(16),
      costNanoDollars: row.optionalInteger(11))
  }
}
