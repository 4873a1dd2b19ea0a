/// State that a vendor sealed: a signature, encrypted reasoning, a thought signature.
///
/// Only who minted it may see it again, unchanged. Clients of other languages carry it for us as a
/// token that names the mint; it is never forged and never shown to another vendor.
package struct Seal: Sendable, Hashable {
  /// Who can read the seal: a family of models, wherever it is hosted.
  package enum Mint: String, Sendable, CaseIterable {
    case anthropic
    case openai
    case gemini
    /// A Chat server's own `reasoning_details`, which only a Chat server takes back.
    case chat
  }

  package var mint: Mint
  /// The vendor's name of the sealed item, where it has one (OpenAI's `rs_…`).
  package var id: JSONText?
  package var value: JSONText
  /// Who hosted the model that made it; nil when nobody knows.
  ///
  /// OpenAI's encrypted thoughts can be read in the organisation that they were made in alone, and
  /// Azure is another.
  package var place: JSONText?

  package init(
    _ mint: Mint, id: JSONText? = nil, _ value: JSONText, place: JSONText? = nil
  ) {
    self.mint = mint
    self.id = id
    self.value = value
    self.place = place
  }

  /// The name of a host, by which nobody can tell the host.
  package static func place(ofHost host: String) -> JSONText {
    var seed = Fingerprint()
    seed.take(JSONText(host))
    return JSONText(String(seed.hexadecimal.suffix(12)))
  }

  /// Whether the server can read what its kind has sealed; an unknown place may be the same.
  func fits(_ target: Target) -> Bool {
    guard let place, let own = target.place else { return true }
    return place == own
  }
}

/// The form in which a client of another language carries a seal.
extension Seal {
  private static let prefix = "anyllm1:"

  /// Reads what a client of `native`'s language gave back: a seal of its own vendor, or our token.
  package init(token: JSONText, native: Mint) {
    self = Seal(token: token) ?? Seal(native, token)
  }

  /// Reads our token; nil for anything else.
  package init?(token: JSONText) {
    // Every token begins with the prefix in Base64, so that foreign text costs one comparison.
    guard token.bytes.starts(with: "YW55bGxtMT".utf8),
      let bytes = Base64.decode(token.bytes), bytes.starts(with: Self.prefix.utf8)
    else { return nil }
    let parts = bytes.dropFirst(Self.prefix.utf8.count)
      .split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let origin = parts[0].split(
      separator: UInt8(ascii: "@"), maxSplits: 1, omittingEmptySubsequences: false)
    let place = origin.count == 2 ? origin[1] : []
    guard let mint = Mint(rawValue: String(decoding: origin[0], as: UTF8.self)),
      place.allSatisfy({ Hexadecimal.value($0) != nil }),
      Self.isInsideOfString(parts[1]), Self.isInsideOfString(parts[2])
    else { return nil }
    self.init(
      mint, id: parts[1].isEmpty ? nil : JSONText(escaped: parts[1]),
      JSONText(escaped: parts[2]), place: place.isEmpty ? nil : JSONText(escaped: place))
  }

  /// What a client of `native`'s language carries: the bare value for its own vendor's seal.
  package func token(native: Mint?) -> JSONText {
    guard mint != native else { return value }
    var plain = Array(Self.prefix.utf8)
    plain.append(contentsOf: mint.rawValue.utf8)
    if let place {
      plain.append(UInt8(ascii: "@"))
      plain.append(contentsOf: place.bytes)
    }
    plain.append(UInt8(ascii: ":"))
    if let id, !id.bytes.contains(UInt8(ascii: ":")) { plain.append(contentsOf: id.bytes) }
    plain.append(UInt8(ascii: ":"))
    plain.append(contentsOf: value.bytes)
    return JSONText(escaped: Base64.encode(plain[...])[...])
  }

  /// A client may have changed its token; nothing in it may break out of a JSON string.
  private static func isInsideOfString(_ bytes: ArraySlice<UInt8>) -> Bool {
    var quoted: [UInt8] = [UInt8(ascii: "\"")]
    quoted.append(contentsOf: bytes)
    quoted.append(UInt8(ascii: "\""))
    return (try? JSONDocument(quoted))?.root.kind == .string
  }
}
