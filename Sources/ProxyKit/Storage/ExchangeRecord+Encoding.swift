// One record in the journal:
//
//   record  = version:byte flags:byte integer… text… lossCount:integer loss:text…
//   integer = zigzag LEB128, at most ten bytes
//   text    = length:integer UTF-8…
//
// The flags say which optional members follow, in the order of the encoder below.

/// The longest text that a record keeps; what is longer is cut at a character and ends in "…".
private let longestText = 2048
private let mostLosses = 64
private let encodingVersion: UInt8 = 1

private struct OptionalMembers: OptionSet {
  let rawValue: UInt8
  static let streaming = OptionalMembers(rawValue: 1)
  static let firstToken = OptionalMembers(rawValue: 2)
  static let keyID = OptionalMembers(rawValue: 4)
  static let cost = OptionalMembers(rawValue: 8)
  static let session = OptionalMembers(rawValue: 16)
  static let errorKind = OptionalMembers(rawValue: 32)
  static let errorMessage = OptionalMembers(rawValue: 64)
}

extension ExchangeRecord {
  /// The record as bytes for the journal.
  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(384)
    bytes.append(encodingVersion)
    bytes.append(optionalMembers.rawValue)
    for number in [
      startedAtMs, Int64(durationMs), Int64(attempts), Int64(status), Int64(inputTokens),
      Int64(outputTokens), Int64(cacheReadTokens), Int64(cacheWriteTokens),
      Int64(reasoningTokens), Int64(generation),
    ] {
      append(number, to: &bytes)
    }
    if let firstTokenMs { append(Int64(firstTokenMs), to: &bytes) }
    if let keyID { append(keyID, to: &bytes) }
    if let costNanoDollars { append(costNanoDollars, to: &bytes) }
    append(id, to: &bytes)
    append(dialect, to: &bytes)
    append(modelRequested, to: &bytes)
    append(modelSent, to: &bytes)
    append(backend, to: &bytes)
    append(keyName, to: &bytes)
    append(client, to: &bytes)
    append(ending, to: &bytes)
    if let session { append(session, to: &bytes) }
    if let errorKind { append(errorKind, to: &bytes) }
    if let errorMessage { append(errorMessage, to: &bytes) }
    append(Int64(min(losses.count, mostLosses)), to: &bytes)
    for loss in losses.prefix(mostLosses) { append(loss, to: &bytes) }
    return bytes
  }

  /// Reads what `encoded()` wrote; nil when the bytes are something else.
  init?(encoded bytes: [UInt8]) {
    var reader = RecordReader(bytes: bytes)
    guard reader.byte() == encodingVersion, let raw = reader.byte() else { return nil }
    let members = OptionalMembers(rawValue: raw)
    self.init(id: "", startedAtMs: reader.integer(), isStreaming: members.contains(.streaming))
    durationMs = reader.int()
    attempts = reader.int()
    status = reader.int()
    inputTokens = max(0, reader.int())
    outputTokens = max(0, reader.int())
    cacheReadTokens = max(0, reader.int())
    cacheWriteTokens = max(0, reader.int())
    reasoningTokens = max(0, reader.int())
    generation = reader.int()
    if members.contains(.firstToken) { firstTokenMs = reader.int() }
    if members.contains(.keyID) { keyID = reader.integer() }
    if members.contains(.cost) { costNanoDollars = max(0, reader.integer()) }
    id = reader.text()
    dialect = reader.text()
    modelRequested = reader.text()
    modelSent = reader.text()
    backend = reader.text()
    keyName = reader.text()
    client = reader.text()
    ending = reader.text()
    if members.contains(.session) { session = reader.text() }
    if members.contains(.errorKind) { errorKind = reader.text() }
    if members.contains(.errorMessage) { errorMessage = reader.text() }
    let lossCount = reader.int()
    guard (0...mostLosses).contains(lossCount) else { return nil }
    losses = (0..<lossCount).map { _ in reader.text() }
    guard reader.isComplete else { return nil }
  }

  private var optionalMembers: OptionalMembers {
    var members: OptionalMembers = []
    if isStreaming { members.insert(.streaming) }
    if firstTokenMs != nil { members.insert(.firstToken) }
    if keyID != nil { members.insert(.keyID) }
    if costNanoDollars != nil { members.insert(.cost) }
    if session != nil { members.insert(.session) }
    if errorKind != nil { members.insert(.errorKind) }
    if errorMessage != nil { members.insert(.errorMessage) }
    return members
  }
}

private func append(_ number: Int64, to bytes: inout [UInt8]) {
  var rest = UInt64(bitPattern: (number << 1) ^ (number >> 63))
  while rest >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  bytes.append(UInt8(rest))
}

private func append(_ text: String, to bytes: inout [UInt8]) {
  let count = text.utf8.count
  guard count > longestText else {
    append(Int64(count), to: &bytes)
    bytes.append(contentsOf: text.utf8)
    return
  }
  var kept = 0
  for scalar in text.unicodeScalars {
    let width = UTF8.width(scalar)
    if kept + width > longestText - 3 { break }
    kept += width
  }
  append(Int64(kept + 3), to: &bytes)
  bytes.append(contentsOf: text.utf8.prefix(kept))
  bytes.append(contentsOf: "…".utf8)
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

  mutating func text() -> String {
    let count = integer()
    guard !hasFailed, count >= 0, count <= bytes.count - index else {
      hasFailed = true
      return ""
    }
    let end = index + Int(count)
    defer { index = end }
    return String(decoding: bytes[index..<end], as: UTF8.self)
  }
}
