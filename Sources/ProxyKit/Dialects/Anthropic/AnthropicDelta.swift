/// One step inside a content block.
enum AnthropicDelta {
  case text(JSONText)
  case thinking(JSONText)
  case arguments(JSONText)
  case signature(JSONText)
  case citation(JSONValue)
  /// A delta for blocks that only Anthropic knows.
  case unknown(JSONValue)

  init?(_ delta: JSONValue) {
    guard let type = delta["type"]?.text else { return nil }
    if type.equals("text_delta"), let text = delta["text"]?.text {
      self = .text(text)
    } else if type.equals("thinking_delta"), let text = delta["thinking"]?.text {
      self = .thinking(text)
    } else if type.equals("input_json_delta"), let text = delta["partial_json"]?.text {
      self = .arguments(text)
    } else if type.equals("signature_delta"), let text = delta["signature"]?.text {
      self = .signature(text)
    } else if type.equals("citations_delta"), let citation = delta["citation"] {
      self = .citation(citation)
    } else {
      self = .unknown(delta)
    }
  }

  /// Reads the spelling that Anthropic itself sends; nil for any other, which is read in full.
  init?(usual data: ArraySlice<UInt8>) {
    let bytes = data.span
    guard let body = Self.skipHead(bytes) else { return nil }
    let kind = bytes.extracting(body..<bytes.count)
    var scan: JSONStringScan
    let isText = kind.begins(with: "text_delta\",\"text\":\"")
    let isArguments = !isText && kind.begins(with: "input_json_delta\",\"partial_json\":\"")
    if isText {
      scan = JSONStringScan(at: body + 20)
    } else if isArguments {
      scan = JSONStringScan(at: body + 34)
    } else if kind.begins(with: "thinking_delta\",\"thinking\":\"") {
      scan = JSONStringScan(at: body + 28)
    } else {
      return nil
    }
    let start = data.startIndex + scan.at
    do throws(MalformedJSON) { try scan.run(bytes) } catch { return nil }
    guard Self.isTail(bytes, from: scan.at + 1) else { return nil }
    let text = JSONText(escaped: data[start..<(data.startIndex + scan.at)])
    self = isText ? .text(text) : isArguments ? .arguments(text) : .thinking(text)
  }

  /// The place after `{"type":"content_block_delta","index":0,"delta":{"type":"`.
  private static func skipHead(_ bytes: borrowing Span<UInt8>) -> Int? {
    guard bytes.begins(with: "{\"type\":\"content_block_delta\",\"index\":") else { return nil }
    var at = 38
    while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    guard at > 38 else { return nil }
    let rest = bytes.extracting(at..<bytes.count)
    return rest.begins(with: ",\"delta\":{\"type\":\"") ? at + 18 : nil
  }

  /// Whether two braces and nothing but spaces are left.
  private static func isTail(_ bytes: borrowing Span<UInt8>, from start: Int) -> Bool {
    var braces = 0
    for at in start..<bytes.count {
      if bytes[at] == UInt8(ascii: "}") { braces += 1 } else if bytes[at] != 0x20 { return false }
    }
    return braces == 2
  }
}
