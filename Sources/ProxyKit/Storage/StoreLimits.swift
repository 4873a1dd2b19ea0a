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

  package init() {}
}
