/// The tables, as numbered steps from an empty file; `PRAGMA user_version` counts the steps taken.
enum Schema {
  static let steps = [traffic, operations, conversations, terms, formerSecrets, tries]

  /// Brings the database to the newest step and returns the one it was at.
  static func migrate(
    _ database: Database, through steps: [String] = steps
  ) throws(StorageFailure) -> Int {
    let found = Int(try database.integer("PRAGMA user_version") ?? 0)
    guard found <= steps.count else {
      throw StorageFailure(
        .newerSchema,
        "\(database.path) has schema \(found) and this program knows \(steps.count): "
          + "run the newer anyllm, or give this one another directory")
    }
    for number in found..<steps.count {
      try database.transaction { () throws(StorageFailure) in
        try database.script(steps[number])
        try database.script("PRAGMA user_version = \(number + 1)")
      }
    }
    return found
  }

  private static let traffic = """
    CREATE TABLE meta (
      name TEXT PRIMARY KEY, number INTEGER, bytes BLOB
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta (name, number) VALUES ('last_sequence', 0), ('generation', 0);

    CREATE TABLE keys (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      prefix TEXT NOT NULL,
      digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
      created_at_ms INTEGER NOT NULL,
      expires_at_ms INTEGER,
      revoked_at_ms INTEGER,
      note TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX keys_active_name ON keys (name) WHERE revoked_at_ms IS NULL;

    CREATE TABLE key_usage (
      key_id INTEGER NOT NULL,
      key_name TEXT NOT NULL,
      requests INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL,
      cost_nano_dollars INTEGER NOT NULL,
      unpriced_requests INTEGER NOT NULL,
      last_used_at_ms INTEGER NOT NULL,
      PRIMARY KEY (key_id, key_name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE ledger (
      sequence INTEGER PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      key_id INTEGER,
      key_name TEXT NOT NULL,
      backend TEXT NOT NULL,
      model TEXT NOT NULL,
      input_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL,
      cost_nano_dollars INTEGER
    ) STRICT;
    CREATE TRIGGER ledger_is_append_only BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

    CREATE TABLE request_log (
      sequence INTEGER PRIMARY KEY,
      id TEXT NOT NULL,
      started_at_ms INTEGER NOT NULL,
      duration_ms INTEGER NOT NULL,
      first_token_ms INTEGER,
      dialect TEXT NOT NULL,
      model_requested TEXT NOT NULL,
      model_sent TEXT NOT NULL,
      backend TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      key_id INTEGER,
      key_name TEXT NOT NULL,
      client TEXT NOT NULL,
      session TEXT,
      status INTEGER NOT NULL,
      ending TEXT NOT NULL,
      error_kind TEXT,
      error_message TEXT,
      is_streaming INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL,
      cost_nano_dollars INTEGER,
      generation INTEGER NOT NULL,
      losses TEXT NOT NULL
    ) STRICT;
    """

  private static let operations = """
    CREATE TABLE overlay (
      pattern TEXT PRIMARY KEY,
      target TEXT,
      position INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      target TEXT NOT NULL,
      before TEXT,
      after TEXT,
      generation INTEGER NOT NULL
    ) STRICT;
    """

  private static let conversations = """
    CREATE TABLE responses (
      number INTEGER PRIMARY KEY,
      owner TEXT NOT NULL,
      id TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      byte_count INTEGER NOT NULL,
      backend TEXT,
      input BLOB,
      response BLOB,
      UNIQUE (owner, id)
    ) STRICT;
    CREATE INDEX responses_age ON responses (created_at_ms, byte_count);
    """

  // `spends` and `spend_totals` are made of the ledger and can be made anew from it;
  // `spends_through` is the last row that they count.
  private static let terms = """
    ALTER TABLE keys ADD COLUMN terms TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE keys ADD COLUMN paused_at_ms INTEGER;
    ALTER TABLE keys ADD COLUMN previous_digest BLOB
      CHECK (previous_digest IS NULL OR length(previous_digest) = 32);
    ALTER TABLE keys ADD COLUMN previous_until_ms INTEGER;

    ALTER TABLE ledger ADD COLUMN owner TEXT NOT NULL DEFAULT '';
    ALTER TABLE ledger ADD COLUMN model_requested TEXT NOT NULL DEFAULT '';
    ALTER TABLE ledger ADD COLUMN route TEXT NOT NULL DEFAULT '';
    ALTER TABLE ledger ADD COLUMN cache_write_1h_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE ledger ADD COLUMN web_searches INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE request_log ADD COLUMN owner TEXT NOT NULL DEFAULT '';
    ALTER TABLE request_log ADD COLUMN route TEXT NOT NULL DEFAULT '';
    ALTER TABLE request_log ADD COLUMN cache_write_1h_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE request_log ADD COLUMN web_searches INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE spends (
      hour INTEGER NOT NULL,
      owner TEXT NOT NULL,
      model TEXT NOT NULL,
      requests INTEGER NOT NULL,
      tokens INTEGER NOT NULL,
      cost_nano_dollars INTEGER NOT NULL,
      PRIMARY KEY (hour, owner, model)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE spend_totals (
      owner TEXT NOT NULL,
      model TEXT NOT NULL,
      key_id INTEGER,
      key_name TEXT NOT NULL,
      requests INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL,
      cost_nano_dollars INTEGER NOT NULL,
      unpriced_requests INTEGER NOT NULL,
      last_used_at_ms INTEGER NOT NULL,
      hour INTEGER NOT NULL,
      hour_cost INTEGER NOT NULL,
      day INTEGER NOT NULL,
      day_cost INTEGER NOT NULL,
      week INTEGER NOT NULL,
      week_cost INTEGER NOT NULL,
      month INTEGER NOT NULL,
      month_cost INTEGER NOT NULL,
      PRIMARY KEY (owner, model)
    ) STRICT, WITHOUT ROWID;
    DROP TABLE key_usage;
    INSERT INTO meta (name, number) VALUES ('spends_through', 0);

    CREATE TABLE overrides (
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (kind, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE bodies (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      created_at_ms INTEGER NOT NULL,
      byte_count INTEGER NOT NULL,
      request BLOB NOT NULL,
      reply BLOB NOT NULL
    ) STRICT;
    CREATE INDEX bodies_age ON bodies (created_at_ms, byte_count);
    """

  /// Looked up with every key that is added.
  private static let formerSecrets = """
    CREATE INDEX keys_former ON keys (previous_digest) WHERE previous_digest IS NOT NULL;
    """

  private static let tries = """
    ALTER TABLE request_log ADD COLUMN tries TEXT;
    """
}
