/// The arguments that a model wrote, as the one JSON object that Anthropic wants.
enum ToolArguments {
  /// Reads arguments that are escaped inside a JSON string.
  static func object(_ text: JSONText) -> JSONRaw {
    var bytes = trim(text.unescaped[...])
    bytes = trim(unfenced(bytes))
    guard !bytes.isEmpty else { return .emptyObject }
    var tape = JSONTape()
    if (try? tape.parse(bytes)) != nil, tape.nodes[0].kind == .object {
      let root = tape.nodes[0]
      return JSONRaw(bytes[Int(root.start)..<Int(root.end)])
    }
    guard let value = try? JSONDocument(bytes).root else {
      var writer = JSONWriter()
      writer.object { $0.member("_raw_error", text) }
      return JSONRaw(writer.bytes[...])
    }
    return object(value)
  }

  /// The value itself when it is an object, else an object around it.
  static func object(_ value: JSONValue) -> JSONRaw {
    guard value.kind != .object else { return value.raw }
    var writer = JSONWriter()
    writer.object { $0.member("_raw", value.raw) }
    return JSONRaw(writer.bytes[...])
  }

  private static func trim(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while let first = rest.first, isSpace(first) { rest.removeFirst() }
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return rest
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// Some models put Markdown's fence around their arguments.
  private static func unfenced(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let fence = "```".utf8
    guard bytes.starts(with: fence) else { return bytes }
    var inside = bytes.dropFirst(fence.count)
    inside = inside.drop { byte in
      byte != 0x0A && byte != 0x20 && byte != UInt8(ascii: "{") && byte != UInt8(ascii: "[")
    }
    inside = trim(inside)
    return inside.suffix(fence.count).elementsEqual(fence) ? inside.dropLast(3) : inside
  }
}
