/// What the store found and put right when it was opened.
package struct RecoveryReport: Sendable, Equatable {
  /// Records that a killed process had accepted and that are in the database now.
  package var replayedRecords = 0
  /// Records that were begun when the process died, or were damaged; nobody was told they were kept.
  package var tornRecords = 0
  /// Where damaged files were moved.
  package var movedAside: [String] = []
  /// Sentences for the operator; empty when there is nothing to tell.
  package var notices: [String] = []
}
