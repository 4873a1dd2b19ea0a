/// How the queue of records is doing, for the operator.
package struct RecordQueueHealth: Sendable, Equatable {
  /// Records that are safe in the journal and not yet in the database.
  package var waitingRecords: Int
  package var usedBytes: Int
  package var capacityBytes: Int
  /// Records that were refused because the journal was full or closed.
  package var droppedRecords: Int
  package var writtenRecords: Int
  /// Entries of the journal that could not be read back.
  package var damagedRecords: Int
  /// Batches that the database refused and that are tried again.
  package var writeFailures: Int
  /// Why the last batch was refused; absent when the last one was taken.
  package var lastFailure: StorageFailure?

  package init(
    waitingRecords: Int = 0, usedBytes: Int = 0, capacityBytes: Int = 0,
    droppedRecords: Int = 0, writtenRecords: Int = 0, damagedRecords: Int = 0,
    writeFailures: Int = 0, lastFailure: StorageFailure? = nil
  ) {
    self.waitingRecords = waitingRecords
    self.usedBytes = usedBytes
    self.capacityBytes = capacityBytes
    self.droppedRecords = droppedRecords
    self.writtenRecords = writtenRecords
    self.damagedRecords = damagedRecords
    self.writeFailures = writeFailures
    self.lastFailure = lastFailure
  }
}
