/// One encoded record, read in place: its numbers, and where its texts lie in the bytes.
///
/// The database takes the texts from there, so that none of them is ever made into a String.
struct RecordWindow {
  /// All but the texts.
  private(set) var numbers: ExchangeRecord
  let id: Range<Int>
  let dialect: Range<Int>
  let modelRequested: Range<Int>
  let modelSent: Range<Int>
  let backend: Range<Int>
  let keyName: Range<Int>
  let client: Range<Int>
  let ending: Range<Int>
  let owner: Range<Int>
  let route: Range<Int>
  let session: Range<Int>?
  let errorKind: Range<Int>?
  let errorMessage: Range<Int>?
  let tries: Range<Int>?
  let losses: [Range<Int>]

  /// Nil when the bytes are something else than `ExchangeRecord.encoded()` writes.
  init?(_ bytes: [UInt8]) {
    var reader = RecordReader(bytes: bytes)
    guard let version = reader.byte(),
      (firstEncodingVersion...encodingVersion).contains(version), let raw = reader.byte()
    else { return nil }
    let isFirst = version == firstEncodingVersion
    let members = OptionalMembers(rawValue: raw)
    numbers = ExchangeRecord(
      id: "", startedAtMs: reader.integer(), isStreaming: members.contains(.streaming))
    numbers.durationMs = reader.int()
    numbers.attempts = reader.int()
    numbers.status = reader.int()
    numbers.inputTokens = max(0, reader.int())
    numbers.outputTokens = max(0, reader.int())
    numbers.cacheReadTokens = max(0, reader.int())
    numbers.cacheWriteTokens = max(0, reader.int())
    numbers.reasoningTokens = max(0, reader.int())
    numbers.generation = reader.int()
    if !isFirst {
      numbers.cacheWrite1hTokens = max(0, reader.int())
      numbers.webSearches = max(0, reader.int())
    }
    if members.contains(.firstToken) { numbers.firstTokenMs = reader.int() }
    if members.contains(.keyID) { numbers.keyID = reader.integer() }
    if members.contains(.cost) { numbers.costNanoDollars = max(0, reader.integer()) }
    id = reader.text()
    dialect = reader.text()
    modelRequested = reader.text()
    modelSent = reader.text()
    backend = reader.text()
    keyName = reader.text()
    client = reader.text()
    ending = reader.text()
    owner = isFirst ? 0..<0 : reader.text()
    route = isFirst ? 0..<0 : reader.text()
    session = members.contains(.session) ? reader.text() : nil
    errorKind = members.contains(.errorKind) ? reader.text() : nil
    errorMessage = members.contains(.errorMessage) ? reader.text() : nil
    tries = members.contains(.tries) ? reader.text() : nil
    let lossCount = reader.int()
    guard (0...mostLosses).contains(lossCount) else { return nil }
    losses = (0..<lossCount).map { _ in reader.text() }
    guard reader.isComplete else { return nil }
  }
}

/// Reads the members of one record; after the first failure everything is empty.
private struct RecordReader {
  let bytes: [UInt8]
  var index = 0
  var hasFailed = false

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isComplete: Bool { !hasFailed && index == bytes.count }

  mutating func byte() -> UInt8? {
    guard index < bytes.count else {
      hasFailed = true
      return nil
    }
    defer { index += 1 }
    return bytes[index]
  }

  mutating func integer() -> Int64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 70, let next = byte() {
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
      shift += 7
    }
    hasFailed = true
    return 0
  }

  mutating func int() -> Int { Int(integer()) }

  mutating func text() -> Range<Int> {
    let count = integer()
    guard !hasFailed, count >= 0, count <= bytes.count - index else {
      hasFailed = true
      return 0..<0
    }
    defer { index += Int(count) }
    return index..<(index + Int(count))
  }
}
