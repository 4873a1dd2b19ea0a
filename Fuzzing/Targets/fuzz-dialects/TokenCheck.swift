internal import Dialects
internal import FuzzSupport

/// A count is never more than the bytes, and its tokens are as many.
enum TokenCheck {
  static func run(_ bytes: [UInt8]) {
    let count = TokenCounter.count(bytes[...])
    promise(count <= bytes.count && (count > 0) == !bytes.isEmpty, "\(count) tokens")
    promise(TokenCounter.tokens(bytes[...]).count == count, "its tokens are not as many")
    let text = String(decoding: bytes, as: UTF8.self)
    promise(
      TokenCounter.count(JSONText(text)) == TokenCounter.count(Array(text.utf8)[...]),
      "escapes change the count")
  }
}

/// A token that is read is the same when it is written.
enum SealCheck {
  static func run(_ bytes: [UInt8]) {
    let text = JSONText(escaped: bytes[...])
    if let seal = Seal(token: text) { check(seal) }
    if let inside = try? JSONDocument([0x22] + bytes + [0x22]), let text = inside.root.text {
      check(Seal(token: text, native: .openai))
      let parts = text.bytes.split(
        separator: UInt8(ascii: ","), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return }
      let id = JSONText(escaped: parts[0])
      let value = JSONText(escaped: parts[1])
      guard JSONCheck.isInside(id), JSONCheck.isInside(value) else { return }
      check(Seal(.gemini, id: id, value))
    }
  }

  private static func check(_ seal: Seal) {
    promise(JSONCheck.isInside(seal.value), "the seal's value leaves its string")
    for native in [Seal.Mint.anthropic, .chat] where native != seal.mint {
      let back = Seal(token: seal.token(native: native), native: native)
      promise(back.mint == seal.mint && back.value == seal.value, "the token is another seal's")
    }
  }
}
