/// Thoughts that only their mint can read, which this language carries as bytes.
enum ConverseRedaction {
  /// The seal as text that survives being decoded and encoded again by a client.
  static func token(_ seal: Seal) -> JSONText {
    let bare = seal.token(native: .anthropic)
    return isCanonical(bare.bytes) ? bare : seal.token(native: nil)
  }

  /// The seal for an upstream; nil when bytes cannot carry it.
  static func value(_ seal: Seal?) -> JSONText? {
    guard let seal, seal.mint == .anthropic, isCanonical(seal.value.bytes) else { return nil }
    return seal.value
  }

  /// One text of several pieces, each of which is base64 of its own.
  static func joined(_ pieces: [JSONText]) -> JSONText {
    guard pieces.count != 1 else { return pieces[0] }
    var bytes: [UInt8] = []
    for piece in pieces {
      guard Base64.append(decoding: piece.bytes, to: &bytes) else {
        return pieces.reduce(.empty, +)
      }
    }
    return JSONText(escaped: Base64.encode(bytes[...])[...])
  }

  private static func isCanonical(_ text: ArraySlice<UInt8>) -> Bool {
    guard !text.isEmpty, let bytes = Base64.decode(text) else { return false }
    return Base64.encode(bytes[...])[...] == text
  }
}
