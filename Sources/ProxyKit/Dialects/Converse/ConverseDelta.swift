/// One step inside a content block.
enum ConverseDelta {
  case text(JSONText)
  case thinking(JSONText)
  case arguments(JSONText)
  case signature(JSONText)
  case redacted(JSONText)
  case citation(JSONValue)
  /// A delta for blocks that only Bedrock knows.
  case unknown(JSONValue)

  init?(_ delta: JSONValue) {
    guard let (name, value) = ConverseUnion.first(of: delta) else { return nil }
    if name.equals("text"), let text = value.text {
      self = .text(text)
    } else if name.equals("toolUse"), let text = value["input"]?.text {
      self = .arguments(text)
    } else if name.equals("citation"), value.kind == .object {
      self = .citation(value)
    } else if name.equals("reasoningContent") {
      guard let (kind, piece) = ConverseUnion.first(of: value), let text = piece.text else {
        return nil
      }
      if kind.equals("text") {
        self = .thinking(text)
      } else if kind.equals("signature") {
        self = .signature(text)
      } else if kind.equals("redactedContent") {
        self = .redacted(text)
      } else {
        return nil
      }
    } else {
      self = .unknown(delta)
    }
  }

  /// Reads the spelling that Bedrock itself sends; nil for any other, which is read in full.
  ///
  ///     {"contentBlockIndex":0,"delta":{"text":"…"},"p":"abc"}
  static func usual(_ data: ArraySlice<UInt8>) -> (index: Int, delta: ConverseDelta)? {
    let bytes = data.span
    guard let (index, body) = skipHead(bytes) else { return nil }
    let kind = bytes.extracting(body..<bytes.count)
    var scan: JSONStringScan
    var braces = 1
    let isText = kind.begins(with: "text\":\"")
    var isArguments = false
    if isText {
      scan = JSONStringScan(at: body + 7)
    } else if kind.begins(with: "toolUse\":{\"input\":\"") {
      isArguments = true
      braces = 2
      scan = JSONStringScan(at: body + 19)
    } else if kind.begins(with: "reasoningContent\":{\"text\":\"") {
      braces = 2
      scan = JSONStringScan(at: body + 27)
    } else {
      return nil
    }
    let start = data.startIndex + scan.at
    do throws(MalformedJSON) { try scan.run(bytes) } catch { return nil }
    guard isTail(bytes, from: scan.at + 1, braces: braces) else { return nil }
    let text = JSONText(escaped: data[start..<(data.startIndex + scan.at)])
    return (index, isText ? .text(text) : isArguments ? .arguments(text) : .thinking(text))
  }

  /// The block's index, and the place after `{"contentBlockIndex":0,"delta":{"`.
  private static func skipHead(_ bytes: borrowing Span<UInt8>) -> (index: Int, body: Int)? {
    guard bytes.begins(with: "{\"contentBlockIndex\":") else { return nil }
    var at = 21
    var index = 0
    while at < bytes.count, at < 30, bytes[at] &- UInt8(ascii: "0") < 10 {
      index = index * 10 + Int(bytes[at] &- UInt8(ascii: "0"))
      at += 1
    }
    guard at > 21 else { return nil }
    let rest = bytes.extracting(at..<bytes.count)
    return rest.begins(with: ",\"delta\":{\"") ? (index, at + 11) : nil
  }

  /// Whether the objects end there, with Bedrock's padding or without.
  private static func isTail(
    _ bytes: borrowing Span<UInt8>, from start: Int, braces: Int
  ) -> Bool {
    var at = start
    let closing = at + braces
    guard closing < bytes.count else { return false }
    while at < closing {
      guard bytes[at] == UInt8(ascii: "}") else { return false }
      at += 1
    }
    let rest = bytes.extracting(at..<bytes.count)
    if rest.count == 1 { return rest[0] == UInt8(ascii: "}") }
    guard rest.begins(with: ",\"p\":\""), rest.count >= 8, rest[rest.count - 1] == 0x7D,
      rest[rest.count - 2] == UInt8(ascii: "\"")
    else { return false }
    for index in 6..<(rest.count - 2) where !isLetterOrDigit(rest[index]) { return false }
    return true
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
  }
}
