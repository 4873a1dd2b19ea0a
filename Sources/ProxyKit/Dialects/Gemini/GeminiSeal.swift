/// Thought signatures: Google's own, and tokens that carry another vendor's seal in their place.
enum GeminiSeal {
  /// What Google documents for calls that another model made: the check of the signature is skipped.
  static let skipMarker: JSONText = "skip_thought_signature_validator"
  /// Marks the seal of a thought that has no text, which Google's language cannot tell apart.
  private static let redacted = Array("redacted".utf8)

  /// Reads a part's signature; nil when there is none that anybody minted.
  static func read(_ part: JSONValue) -> Seal? {
    guard let token = part.google("thoughtSignature", "thought_signature")?.text,
      !token.isEmpty, token != skipMarker
    else { return nil }
    return Seal(token: plain(token), native: .gemini)
  }

  /// Some writers escape the slashes of Base64.
  static func plain(_ token: JSONText) -> JSONText {
    guard token.bytes.contains(UInt8(ascii: "\\")) else { return token }
    return JSONText(escaping: token.unescaped[...])
  }

  /// The token for a thought whose seal is all there is.
  static func token(ofRedacted seal: Seal) -> JSONText {
    var seal = seal
    var id = redacted
    if let own = seal.id { id += [UInt8(ascii: ".")] + own.bytes }
    seal.id = JSONText(escaped: id[...])
    return seal.token(native: .gemini)
  }

  /// The seal before ``token(ofRedacted:)``; nil for any other.
  static func redacted(_ seal: Seal) -> Seal? {
    guard let id = seal.id, id.bytes.starts(with: redacted) else { return nil }
    var seal = seal
    let own = id.bytes.dropFirst(redacted.count)
    guard own.isEmpty || own.first == UInt8(ascii: ".") else { return nil }
    seal.id = own.isEmpty ? nil : JSONText(escaped: own.dropFirst())
    return seal
  }
}
