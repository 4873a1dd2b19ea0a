// One record in the journal:
//
//   record  = version:byte flags:byte integer… text… lossCount:integer loss:text…
//   integer = zigzag LEB128, at most ten bytes
//   text    = length:integer UTF-8…
//
// The flags say which optional members follow, in the order of the encoder below. Version 1, which
// a program of before may have left in the journal, has neither owner and route nor the two
// integers after the generation.

/// The longest text that a record keeps; what is longer is cut at a character and ends in "…".
private let longestText = 2048
let mostLosses = 64
let encodingVersion: UInt8 = 2
let firstEncodingVersion: UInt8 = 1

/// Which optional members a record has.
struct OptionalMembers: OptionSet {
  let rawValue: UInt8
  static let streaming = OptionalMembers(rawValue: 1)
  static let firstToken = OptionalMembers(rawValue: 2)
  static let keyID = OptionalMembers(rawValue: 4)
  static let cost = OptionalMembers(rawValue: 8)
  static let session = OptionalMembers(rawValue: 16)
  static let errorKind = OptionalMembers(rawValue: 32)
  static let errorMessage = OptionalMembers(rawValue: 64)
  static let tries = OptionalMembers(rawValue: 128)
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
      Int64(reasoningTokens), Int64(generation), Int64(cacheWrite1hTokens), Int64(webSearches),
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
    append(owner, to: &bytes)
    append(route, to: &bytes)
    if let session { append(session, to: &bytes) }
    if let errorKind { append(errorKind, to: &bytes) }
    if let errorMessage { append(errorMessage, to: &bytes) }
    if let tries { append(tries, to: &bytes) }
    append(Int64(min(losses.count, mostLosses)), to: &bytes)
    for loss in losses.prefix(mostLosses) { append(loss, to: &bytes) }
    return bytes
  }

  /// Reads what `encoded()` wrote; nil when the bytes are something else.
  init?(encoded bytes: [UInt8]) {
    guard let window = RecordWindow(bytes) else { return nil }
    self = window.numbers
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    id = text(window.id)
    dialect = text(window.dialect)
    modelRequested = text(window.modelRequested)
    modelSent = text(window.modelSent)
    backend = text(window.backend)
    keyName = text(window.keyName)
    client = text(window.client)
    ending = text(window.ending)
    owner = text(window.owner)
    route = text(window.route)
    session = window.session.map(text)
    errorKind = window.errorKind.map(text)
    errorMessage = window.errorMessage.map(text)
    tries = window.tries.map(text)
    losses = window.losses.map(text)
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
    if tries != nil { members.insert(.tries) }
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
