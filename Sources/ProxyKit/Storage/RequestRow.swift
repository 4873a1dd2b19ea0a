/// One exchange of the request log, with its place in the order of records.
package struct RecordedExchange: Sendable, Equatable {
  package var sequence: Int64
  package var record: ExchangeRecord

  package init(sequence: Int64, record: ExchangeRecord) {
    self.sequence = sequence
    self.record = record
  }
}

/// The columns of the request log, in one order for writing and reading.
enum RequestRow {
  static let columns = """
    sequence, id, started_at_ms, duration_ms, first_token_ms, dialect, model_requested, \
    model_sent, backend, attempts, key_id, key_name, client, session, status, ending, \
    error_kind, error_message, is_streaming, input_tokens, output_tokens, cache_read_tokens, \
    cache_write_tokens, reasoning_tokens, cost_nano_dollars, generation, losses, \
    owner, route, cache_write_1h_tokens, web_searches, tries
    """

  static let insertion = """
    INSERT INTO request_log (\(columns))
    VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
    """

  /// Binds a record whose texts lie in `bytes`, which must stay where they are until the
  /// statement is reset.
  static func bind(
    _ record: RecordWindow, in bytes: UnsafeRawBufferPointer, sequence: Int64,
    to statement: Statement
  ) {
    let numbers = record.numbers
    statement.bind(1, sequence)
    unsafe statement.bind(2, record.id, of: bytes)
    statement.bind(3, numbers.startedAtMs)
    statement.bind(4, numbers.durationMs)
    statement.bind(5, numbers.firstTokenMs.map { Int64($0) })
    unsafe statement.bind(6, record.dialect, of: bytes)
    unsafe statement.bind(7, record.modelRequested, of: bytes)
    unsafe statement.bind(8, record.modelSent, of: bytes)
    unsafe statement.bind(9, record.backend, of: bytes)
    statement.bind(10, numbers.attempts)
    statement.bind(11, numbers.keyID)
    unsafe statement.bind(12, record.keyName, of: bytes)
    unsafe statement.bind(13, record.client, of: bytes)
    unsafe statement.bind(14, record.session, of: bytes)
    statement.bind(15, numbers.status)
    unsafe statement.bind(16, record.ending, of: bytes)
    unsafe statement.bind(17, record.errorKind, of: bytes)
    unsafe statement.bind(18, record.errorMessage, of: bytes)
    statement.bind(19, numbers.isStreaming ? 1 : 0)
    statement.bind(20, numbers.inputTokens)
    statement.bind(21, numbers.outputTokens)
    statement.bind(22, numbers.cacheReadTokens)
    statement.bind(23, numbers.cacheWriteTokens)
    statement.bind(24, numbers.reasoningTokens)
    statement.bind(25, numbers.costNanoDollars)
    statement.bind(26, numbers.generation)
    statement.bind(27, joined(record.losses.map { unsafe text($0, bytes) }))
    unsafe statement.bind(28, record.owner, of: bytes)
    unsafe statement.bind(29, record.route, of: bytes)
    statement.bind(30, numbers.cacheWrite1hTokens)
    statement.bind(31, numbers.webSearches)
    unsafe statement.bind(32, record.tries, of: bytes)
  }

  private static func text(_ range: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> String {
    unsafe String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  static func read(_ row: Statement) -> RecordedExchange {
    let record = ExchangeRecord(
      id: row.text(1), startedAtMs: row.integer(2), durationMs: row.int(3),
      firstTokenMs: row.optionalInteger(4).map { Int($0) }, dialect: row.text(5),
      modelRequested: row.text(6), modelSent: row.text(7), backend: row.text(8),
      attempts: row.int(9), keyID: row.optionalInteger(10), keyName: row.text(11),
      owner: row.text(27), route: row.text(28), client: row.text(12), session: row.optionalText(13),
      status: row.int(14),
      ending: row.text(15), errorKind: row.optionalText(16), errorMessage: row.optionalText(17),
      isStreaming: row.integer(18) != 0, inputTokens: row.int(19), outputTokens: row.int(20),
      cacheReadTokens: row.int(21), cacheWriteTokens: row.int(22),
      cacheWrite1hTokens: row.int(29), reasoningTokens: row.int(23), webSearches: row.int(30),
      costNanoDollars: row.optionalInteger(24), generation: row.int(25),
      losses: row.text(26).split(separator: "\n").map(String.init), tries: row.optionalText(31))
    return RecordedExchange(sequence: row.integer(0), record: record)
  }

  /// One loss a line; a line break inside a tag would make two of it.
  private static func joined(_ losses: [String]) -> String {
    var text = ""
    for loss in losses {
      if !text.isEmpty { text += "\n" }
      if loss.utf8.contains(0x0a) {
        text.unicodeScalars.append(contentsOf: loss.unicodeScalars.map { $0 == "\n" ? " " : $0 })
      } else {
        text += loss
      }
    }
    return text
  }
}
