// The journal is a ring of entries in a mapped file:
//
//   page 0    magic:8 version:8 capacity:8 identity:16 … tail:8 (at 64)
//   then      capacity bytes of ring
//   entry     position:8 sequence:8 length:4 kind:4 checksum:8 payload… padded to 8
//
// Positions only grow; a place in the ring is position modulo capacity. An entry carries its own
// position, so what an earlier lap left behind is never taken for an entry. The checksum is
// written last and is seeded with the file's identity: an entry that was begun and not finished
// when the process died is seen, and a payload cannot pretend to be one. An entry never wraps; a
// pad fills the end of a lap.

private let magic: UInt64 = 0x4c4c_4d4a_524e_4c31
private let formatVersion: UInt64 = 1
private let pageBytes = 4096
private let tailOffset = 64
private let entryHeaderBytes = 32

/// The ring of entries; `RecordQueue` decides who may call what.
struct Journal: Sendable {
  let mapping: JournalMapping
  let identity: [UInt8]
  private let capacity: UInt64
  private let seed: UInt64
  private(set) var head: UInt64
  private(set) var tail: UInt64
  private(set) var lastSequence: UInt64

  /// One entry as it was found.
  struct Entry: Sendable {
    var sequence: UInt64
    var payload: [UInt8]
  }

  /// What lies between two positions of the ring.
  struct Section: Sendable {
    var entries: [Entry] = []
    /// Where the last entry that was read ends.
    var end: UInt64
    /// Entries that were begun, or damaged, and cannot be read.
    var damaged = 0
  }

  /// Lays out a new journal in an empty mapping.
  init(formatting mapping: JournalMapping, identity: [UInt8]) {
    let capacity = UInt64(mapping.byteCount - pageBytes)
    self.init(mapping: mapping, identity: identity, capacity: capacity, tail: capacity)
    // The magic goes last: a layout that was not finished is not a journal.
    mapping.store(formatVersion, at: 8)
    mapping.store(capacity, at: 16)
    mapping.copyIn(identity, at: 24)
    mapping.store(capacity, at: tailOffset)
    mapping.store(magic, at: 0)
  }

  /// Takes up the journal that a mapping holds; nil when it holds none.
  init?(reading mapping: JournalMapping) {
    let capacity = UInt64(max(mapping.byteCount - pageBytes, 0))
    guard capacity >= 1024, mapping.load(0) == magic, mapping.load(8) == formatVersion,
      mapping.load(16) == capacity
    else { return nil }
    let tail = mapping.load(tailOffset)
    guard tail >= capacity, tail % 8 == 0, tail < UInt64.max / 2 else { return nil }
    self.init(
      mapping: mapping, identity: mapping.bytes(at: 24, count: 16), capacity: capacity, tail: tail)
  }

  private init(mapping: JournalMapping, identity: [UInt8], capacity: UInt64, tail: UInt64) {
    self.mapping = mapping
    self.identity = identity
    self.capacity = capacity
    self.tail = tail
    head = tail
    lastSequence = 0
    seed = mixed(identity.reduce(0x9e37_79b9_7f4a_7c15) { ($0 << 7 | $0 >> 57) ^ UInt64($1) })
  }

  static func byteCount(ringBytes: Int) -> Int { pageBytes + max(ringBytes, 1024) / 8 * 8 }

  var usedBytes: Int { Int(head - tail) }
  var capacityBytes: Int { Int(capacity) }
  var isEmpty: Bool { head == tail }

  /// Writes one entry behind the last; false when there is no room.
  mutating func append(_ payload: [UInt8], checksum payloadSum: UInt64) -> Bool {
    let size = entrySize(payload.count)
    let remaining = capacity - head % capacity
    let skipped = remaining < size ? remaining : 0
    guard size + skipped <= capacity - (head - tail) else { return false }
    if skipped > 0 { pad(remaining) }
    let place = offset(head)
    let sequence = lastSequence + 1
    mapping.store(head, at: place)
    mapping.store(sequence, at: place + 8)
    mapping.store(UInt64(payload.count), at: place + 16)
    mapping.copyIn(payload, at: place + entryHeaderBytes)
    mapping.store(
      sum(position: head, sequence: sequence, length: UInt64(payload.count), payloadSum),
      at: place + 24)
    lastSequence = sequence
    head += size
    return true
  }

  /// Gives the room up to a position back, and remembers it in the file.
  mutating func release(through position: UInt64) {
    tail = position
    mapping.store(position, at: tailOffset)
  }

  /// Lets go of the memory between two positions, the later of which the tail has passed.
  func unload(from start: UInt64, to end: UInt64) {
    let (first, last) = (offset(start), offset(end))
    if first <= last {
      mapping.unload(from: first, to: last)
    } else {
      mapping.unload(from: first, to: mapping.byteCount)
      mapping.unload(from: pageBytes, to: last)
    }
  }

  /// Goes on behind what recovery found, with sequences above those of the database.
  mutating func resume(at position: UInt64, lastSequence sequence: UInt64) {
    head = position
    lastSequence = max(lastSequence, sequence)
  }

  /// Reads entries from one position, until another or until the ring ends.
  func section(from start: UInt64, to limit: UInt64?, most: Int) -> Section {
    var section = Section(end: start)
    var position = start
    let stop = limit ?? start + capacity
    while position < stop, section.entries.count < most {
      let remaining = capacity - position % capacity
      if remaining < UInt64(entryHeaderBytes) {
        position += remaining
        continue
      }
      let place = offset(position)
      guard mapping.load(place) == position else { break }
      let sequence = mapping.load(place + 8)
      let word = mapping.load(place + 16)
      let length = word & 0xffff_ffff
      let size = entrySize(Int(length))
      guard size <= remaining else {
        section.damaged += 1
        break
      }
      let payload = mapping.bytes(at: place + entryHeaderBytes, count: Int(length))
      let isPad = word >> 32 != 0
      let expected = sum(
        position: position, sequence: sequence, length: word, isPad ? 0 : checksum(payload))
      position += size
      guard mapping.load(place + 24) == expected else {
        section.damaged += 1
        continue
      }
      if !isPad { section.entries.append(Entry(sequence: sequence, payload: payload)) }
      section.end = position
    }
    // The live part of the ring is left whole even when something in it cannot be read.
    if let limit, section.entries.count < most { section.end = limit }
    return section
  }

  private func entrySize(_ payloadCount: Int) -> UInt64 {
    UInt64((entryHeaderBytes + payloadCount + 7) / 8 * 8)
  }

  private func offset(_ position: UInt64) -> Int { pageBytes + Int(position % capacity) }

  private mutating func pad(_ remaining: UInt64) {
    if remaining >= UInt64(entryHeaderBytes) {
      let place = offset(head)
      let word = (remaining - UInt64(entryHeaderBytes)) | 1 << 32
      mapping.store(head, at: place)
      mapping.store(0, at: place + 8)
      mapping.store(word, at: place + 16)
      mapping.store(sum(position: head, sequence: 0, length: word, 0), at: place + 24)
    }
    head += remaining
  }

  private func sum(position: UInt64, sequence: UInt64, length: UInt64, _ payload: UInt64)
    -> UInt64
  {
    mixed(mixed(mixed(seed ^ position) ^ sequence) ^ length) ^ mixed(payload ^ seed)
  }
}

/// A checksum of the payload alone, so that it can be made outside the lock.
func checksum(_ payload: [UInt8]) -> UInt64 {
  unsafe payload.withUnsafeBytes { bytes in
    var sum = UInt64(bytes.count) &+ 0x9e37_79b9_7f4a_7c15
    var index = 0
    while index + 8 <= bytes.count {
      sum = unsafe mixed(sum ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var rest: UInt64 = 0
    while index < bytes.count {
      unsafe rest = rest << 8 | UInt64(bytes[index])
      index += 1
    }
    return mixed(sum ^ rest)
  }
}

/// One round of a 64-bit mixer: every input bit reaches every output bit.
private func mixed(_ value: UInt64) -> UInt64 {
  let product = (value ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
  return product.high ^ product.low
}
