/// Sizes and intervals of the store; the defaults are the product's.
package struct StoreLimits: Sendable {
  /// Room for about ten thousand records.
  package var journalBytes = 2 << 20
  /// How long a record waits for the database at most.
  package var drainInterval = Duration.milliseconds(100)
  /// Records in one transaction; as many waiting records wake the writer early.
  package var batchRecords = 256
  /// The largest database file, in pages of 4 KiB; absent for no limit.
  package var maximumPages: Int?
  /// The largest response that is kept, with the items it was made from.
  package var responseBytes = 8 << 20
  /// Responses that wait in memory to be written.
  package var waitingResponseBytes = 64 << 20

  /// The longest request or reply that is kept to be looked at; of a longer one, its beginning.
  package var bodyBytes = 1 << 20
  /// Requests and replies that wait in memory to be written.
  package var waitingBodyBytes = 32 << 20
  /// Requests and replies in the database; the oldest give way.
  package var keptBodyBytes = 512 << 20

  package init() {}
}
