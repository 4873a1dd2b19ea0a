/// What a seal belongs to, where a Responses client can carry it in a reasoning item only.
///
/// Clients drop the ids of items, but give `encrypted_content` back as it was. So the mark travels
/// inside our own token, in the place of the item's name that no vendor but OpenAI has.
enum ResponsesSealMark: String {
  /// A thought whose text nobody may read.
  case redacted
  /// The tool call that follows.
  case call
  /// The text before.
  case text

  /// What the ids of our own thoughts begin with: no server knows them.
  static let thoughtPrefix: StaticString = "rs_anyllm_"

  /// The token that the client carries.
  func token(of seal: Seal) -> JSONText {
    var seal = seal
    seal.id = JSONText(rawValue + ".") + (seal.id ?? .empty)
    return seal.token(native: .openai)
  }

  /// Takes the mark out of a seal that a client gave back; nil when it has none.
  static func take(from seal: inout Seal) -> ResponsesSealMark? {
    guard seal.mint != .openai, let id = seal.id,
      let end = id.bytes.firstIndex(of: UInt8(ascii: ".")),
      let mark = ResponsesSealMark(rawValue: String(decoding: id.bytes[..<end], as: UTF8.self))
    else { return nil }
    let rest = id.bytes[(end + 1)...]
    seal.id = rest.isEmpty ? nil : JSONText(escaped: rest)
    return mark
  }
}
