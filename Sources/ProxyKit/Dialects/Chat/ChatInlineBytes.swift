/// The two halves of a base64 `data:` address.
struct ChatInlineBytes {
  var mediaType: JSONText
  var base64: JSONText

  /// Nil when the address is of another kind.
  init?(_ address: JSONText) {
    guard address.bytes.prefix(5).elementsEqual("data:".utf8) else { return nil }
    guard let comma = address.bytes.prefix(256).firstIndex(of: UInt8(ascii: ",")) else {
      return nil
    }
    let head = JSONText(escaped: address.bytes[..<comma].dropFirst(5)).string
    let fields = head.split(separator: ";", omittingEmptySubsequences: false)
    guard fields.count > 1, fields.last?.lowercased() == "base64" else { return nil }
    mediaType = JSONText(fields[0].isEmpty ? "text/plain" : String(fields[0]))
    let bytes = address.bytes[(comma + 1)...]
    base64 =
      bytes.contains(UInt8(ascii: "\\"))
      ? JSONText(JSONText(escaped: bytes).string) : JSONText(escaped: bytes)
  }
}
