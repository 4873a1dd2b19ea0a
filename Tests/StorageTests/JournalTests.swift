@testable internal import Storage
internal import Testing

private func makeJournal(ringBytes: Int = 4096) throws -> Journal {
  let mapping = try JournalMapping(
    descriptor: nil, byteCount: Journal.byteCount(ringBytes: ringBytes))
  return Journal(formatting: mapping, identity: (0..<16).map { $0 })
}

private func payload(_ number: Int, count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 + number) }
}

extension Journal {
  fileprivate mutating func append(_ payload: [UInt8]) -> Bool {
    append(payload, checksum: checksum(payload))
  }

  /// Appends what must fit.
  fileprivate mutating func add(_ payload: [UInt8]) throws {
    let isTaken = append(payload)
    try #require(isTaken)
  }

  /// The journal as the next process finds it.
  fileprivate func reopened() throws -> Journal { try #require(Journal(reading: mapping)) }

  fileprivate var found: Section { section(from: tail, to: nil, most: .max) }
}

@Suite struct `The journal` {
  @Test func `gives back what was appended, lap after lap`() throws {
    var journal = try makeJournal()
    var number = 0
    var released = 0
    for round in 0..<500 {
      let from = number
      for _ in 0..<(round % 9) where journal.append(payload(number, count: number * 7 % 300)) {
        number += 1
      }
      let reopened = try journal.reopened().found
      #expect(reopened.damaged == 0)
      #expect(reopened.entries.count == number - released)
      #expect(
        reopened.entries.last.map(\.payload)
          == (number > released ? payload(number - 1, count: (number - 1) * 7 % 300) : nil))
      #expect(reopened.entries.map(\.sequence) == (released..<number).map { UInt64($0 + 1) })
      if round % 3 == 0 {
        let section = journal.section(from: journal.tail, to: journal.head, most: 5)
        journal.release(through: section.end)
        released += section.entries.count
      }
      #expect(number >= from)
    }
    #expect(number > 500)
  }

  @Test func `is full when it is full, and has room again after a release`() throws {
    var journal = try makeJournal()
    while journal.append(payload(1, count: 100)) {}
    #expect(journal.usedBytes > 3900 && journal.usedBytes <= 4096)
    let isTaken = journal.append(payload(1, count: 100))
    #expect(!isTaken)
    let section = journal.section(from: journal.tail, to: journal.head, most: 1)
    journal.release(through: section.end)
    try journal.add(payload(2, count: 100))
    let isHugeTaken = journal.append([UInt8](repeating: 0, count: 5000))
    #expect(!isHugeTaken)
  }

  @Test(arguments: 0..<136) func `does not take a torn entry for a whole one`(byte: Int) throws {
    var journal = try makeJournal()
    try journal.add(payload(1, count: 50))
    let start = Int(journal.head - UInt64(journal.capacityBytes))
    try journal.add(payload(2, count: 100))
    // One wrong byte, anywhere in the second entry: header, payload, but not the padding.
    let offset = 4096 + start + byte
    let before = journal.mapping.bytes(at: offset, count: 1)[0]
    journal.mapping.copyIn([before ^ 0x5a], at: offset)
    let found = try journal.reopened().found
    let isPadding = byte >= 132
    #expect(found.entries.count == (isPadding ? 2 : 1))
    // A wrong position means that the entry was never begun.
    #expect(found.damaged == (isPadding || byte < 8 ? 0 : 1))
  }

  @Test func `reads on behind an entry that rotted`() throws {
    var journal = try makeJournal()
    for number in 0..<3 { try journal.add(payload(number, count: 64)) }
    journal.mapping.copyIn([1, 2, 3], at: 4096 + 96 + 40)
    let found = try journal.reopened().found
    #expect(found.entries.map(\.sequence) == [1, 3])
    #expect(found.damaged == 1)
    #expect(found.end == journal.head)
  }

  @Test func `does not believe a payload that looks like an entry`() throws {
    var other = try makeJournal()
    try other.add(payload(0, count: 64))
    try other.add(payload(1, count: 64))
    // The very bytes of an entry for this place, from a journal with another identity.
    let forged = other.mapping.bytes(at: 4096 + 96, count: 96)
    let mapping = try JournalMapping(
      descriptor: nil, byteCount: Journal.byteCount(ringBytes: 4096))
    var journal = Journal(formatting: mapping, identity: [UInt8](repeating: 9, count: 16))
    try journal.add(payload(0, count: 64))
    mapping.copyIn(forged, at: 4096 + 96)
    let found = try journal.reopened().found
    #expect(found.entries.count == 1)
    #expect(found.damaged == 1)
  }

  @Test func `goes on writing over a torn end`() throws {
    var journal = try makeJournal()
    try journal.add(payload(0, count: 64))
    try journal.add(payload(1, count: 64))
    journal.mapping.copyIn([1, 2, 3], at: 4096 + 96 + 40)
    var next = try journal.reopened()
    let found = next.found
    next.resume(at: found.end, lastSequence: 1)
    try next.add(payload(2, count: 30))
    let again = try next.reopened().found
    #expect(again.entries.map(\.payload) == [payload(0, count: 64), payload(2, count: 30)])
    #expect(again.damaged == 0)
  }

  @Test func `is not read from anything else`() throws {
    let empty = try JournalMapping(descriptor: nil, byteCount: 8192)
    #expect(Journal(reading: empty) == nil)
    empty.copyIn([UInt8](repeating: 0x4c, count: 4096), at: 0)
    #expect(Journal(reading: empty) == nil)
  }
}
