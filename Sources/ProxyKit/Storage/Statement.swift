internal import CSQLite

/// One prepared SQL statement; values are bound, never spliced into the text.
@safe final class Statement {
  private let handle: OpaquePointer
  /// The first refusal of a bind; reported by the next step.
  private var bindResult = SQLITE_OK

  init(_ sql: String, on connection: OpaquePointer) throws(StorageFailure) {
    var prepared: OpaquePointer?
    let result = unsafe sqlite3_prepare_v3(
      connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard result == SQLITE_OK, let prepared = unsafe prepared else {
      throw StorageFailure(result: result, connection: connection)
    }
    unsafe handle = prepared
  }

  deinit { unsafe sqlite3_finalize(handle) }

  func bind(_ index: Int32, _ value: Int64) {
    note(unsafe sqlite3_bind_int64(handle, index, value))
  }

  func bind(_ index: Int32, _ value: Int) { bind(index, Int64(value)) }

  func bind(_ index: Int32, _ value: Int64?) {
    guard let value else { return note(unsafe sqlite3_bind_null(handle, index)) }
    bind(index, value)
  }

  func bind(_ index: Int32, _ value: String) {
    var value = value
    let result = value.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { text in
        // A null pointer would bind NULL: the empty text needs an address.
        unsafe text.baseAddress.map { address in
          unsafe csqlite_bind_text(handle, index, address, UInt64(text.count))
        }
      }
    }
    note(unsafe result ?? csqlite_bind_text(handle, index, "", 0))
  }

  func bind(_ index: Int32, _ value: String?) {
    guard let value else { return note(unsafe sqlite3_bind_null(handle, index)) }
    bind(index, value)
  }

  /// Binds text that is not copied: the bytes must stay where they are until `reset`.
  func bind(_ index: Int32, _ text: Range<Int>?, of bytes: UnsafeRawBufferPointer) {
    guard let text else { return note(unsafe sqlite3_bind_null(handle, index)) }
    let address = unsafe bytes.baseAddress.map { unsafe $0 + text.lowerBound }
    // Without a destructor SQLite takes the bytes for constant.
    note(
      unsafe sqlite3_bind_text64(
        handle, index, address?.assumingMemoryBound(to: CChar.self), UInt64(text.count), nil,
        UInt8(SQLITE_UTF8)))
  }

  func bind(_ index: Int32, _ value: SQLValue) {
    switch value {
    case .null: note(unsafe sqlite3_bind_null(handle, index))
    case .integer(let number): bind(index, number)
    case .text(let text): bind(index, text)
    case .blob(let bytes):
      note(
        unsafe bytes.withUnsafeBytes { buffer in
          guard let address = buffer.baseAddress, buffer.count > 0 else {
            return unsafe sqlite3_bind_zeroblob(handle, index, 0)
          }
          return unsafe csqlite_bind_blob(handle, index, address, UInt64(buffer.count))
        })
    }
  }

  /// Moves to the next row; false when there is none.
  func step() throws(StorageFailure) -> Bool {
    let result = bindResult == SQLITE_OK ? unsafe sqlite3_step(handle) : bindResult
    if result == SQLITE_ROW { return true }
    if result == SQLITE_DONE { return false }
    throw unsafe StorageFailure(result: result, connection: sqlite3_db_handle(handle))
  }

  /// Ends the run, so that no lock is held, and forgets the values.
  func reset() {
    bindResult = SQLITE_OK
    unsafe sqlite3_reset(handle)
    unsafe sqlite3_clear_bindings(handle)
  }

  /// Steps once for a statement without rows, and resets.
  func run() throws(StorageFailure) {
    defer { reset() }
    while try step() {}
  }

  func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

  func int(_ column: Int32) -> Int { Int(integer(column)) }

  func isNull(_ column: Int32) -> Bool {
    unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
  }

  func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  func text(_ column: Int32) -> String {
    guard let address = unsafe sqlite3_column_text(handle, column) else { return "" }
    let count = unsafe Int(sqlite3_column_bytes(handle, column))
    return unsafe String(
      decoding: UnsafeBufferPointer(start: address, count: count), as: UTF8.self)
  }

  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  func blob(_ column: Int32) -> [UInt8] {
    guard let address = unsafe sqlite3_column_blob(handle, column) else { return [] }
    let count = unsafe Int(sqlite3_column_bytes(handle, column))
    return unsafe [UInt8](UnsafeRawBufferPointer(start: address, count: count))
  }

  private func note(_ result: Int32) {
    if result != SQLITE_OK, bindResult == SQLITE_OK { bindResult = result }
  }
}

/// A value that is bound to a statement.
enum SQLValue {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  static func optional(_ number: Int64?) -> SQLValue { number.map { .integer($0) } ?? .null }
  static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
}
