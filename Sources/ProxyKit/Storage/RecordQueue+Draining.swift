extension RecordQueue {
  /// Writes everything that is in the journal now; what comes in meanwhile waits its turn.
  ///
  /// A refusal is counted, and everything that was not committed stays in the journal.
  @discardableResult
  func drain(into database: Database, batch: Int) throws(StorageFailure) -> Int {
    let journal = snapshot()
    let writer = RecordWriter(database)
    var position = journal.tail
    var written = 0
    do throws(StorageFailure) {
      while position < journal.head {
        let section = journal.section(from: position, to: journal.head, most: batch)
        let outcome = try writer.write(section.entries)
        release(section, written: outcome.written)
        noteUnreadable(outcome.unreadable)
        written += outcome.written
        journal.unload(from: position, to: section.end)
        position = section.end
      }
      try SpendTally(database).catchUpIfWorthIt()
    } catch {
      note(error)
      throw error
    }
    return written
  }
}
