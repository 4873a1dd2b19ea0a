/// Parts of a reply that are written whole.
enum GeminiReplyPart {
  static func write(
    text: ArraySlice<UInt8>, isThought: Bool, _ signature: JSONText?, into out: inout [UInt8]
  ) {
    out.append("{\"text\":\"")
    out.append(contentsOf: text)
    out.append("\"")
    if isThought { out.append(",\"thought\":true") }
    write(signature, into: &out)
    out.append("}")
  }

  static func write(
    id: JSONText, name: JSONText, arguments: [UInt8], _ seal: Seal?, into out: inout [UInt8]
  ) {
    out.append("{\"functionCall\":{\"id\":\"")
    out.append(contentsOf: id.bytes)
    out.append("\",\"name\":\"")
    out.append(contentsOf: name.bytes)
    out.append("\",\"args\":")
    out.append(contentsOf: ToolArguments.object(JSONText(escaped: arguments[...])).bytes)
    out.append("}")
    write(seal?.token(native: .gemini), into: &out)
    out.append("}")
  }

  private static func write(_ signature: JSONText?, into out: inout [UInt8]) {
    guard let signature else { return }
    out.append(",\"thoughtSignature\":\"")
    out.append(contentsOf: signature.bytes)
    out.append("\"")
  }

  /// Whether the block is a part of Google's, which is named by what it holds.
  static func isOwn(_ type: JSONText, _ raw: JSONRaw) -> Bool {
    guard let root = try? raw.parsed(), root.kind == .object, root["type"] == nil else {
      return false
    }
    return root.members.contains { $0.name == type }
  }
}
