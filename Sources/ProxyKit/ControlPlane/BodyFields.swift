internal import FoundationEssentials

/// The members of a request body, read strictly: what is unknown or of the wrong type is refused
/// with the remedy.
struct BodyFields {
  private var members: [String: BodyValue] = [:]
  private let known: [String]

  /// Reads one object; an empty body is an empty object.
  init(_ body: [UInt8], known: [String]) throws(ControlFailure) {
    self.known = known
    guard body.contains(where: { !Self.isBlank($0) }) else { return }
    let value: BodyValue
    do {
      value = try JSONDecoder().decode(BodyValue.self, from: Data(body))
    } catch {
      throw ControlFailure(
        .invalid, WireMismatch(error).sentence, hint: "Send one JSON object: \(Self.shape(known)).")
    }
    guard case .object(let members) = value else {
      throw ControlFailure(
        .invalid, "the body is \(value.kind), not an object",
        hint: "Send one JSON object: \(Self.shape(known)).")
    }
    self.members = members
    for name in members.keys.sorted() where !known.contains(name) {
      throw ControlFailure(.invalid, "unknown member `\(name)`", hint: Self.remedy(name, known))
    }
  }

  /// A text that must be there and not be empty.
  func requiredText(_ name: String) throws(ControlFailure) -> String {
    guard let text = try text(name) else {
      throw ControlFailure(
        .invalid, "`\(name)` is missing", hint: "Send one JSON object: \(Self.shape(known)).")
    }
    guard !text.isEmpty else {
      throw ControlFailure(.invalid, "`\(name)` is empty", hint: "Give `\(name)` a value.")
    }
    return text
  }

  /// A text; null and absent are the same.
  func text(_ name: String) throws(ControlFailure) -> String? {
    switch members[name] {
    case nil, .null: return nil
    case .text(let text): return text
    case let other?: throw Self.wrongType(name, "a string", other)
    }
  }

  /// A whole number; null and absent are the same.
  func wholeNumber(_ name: String) throws(ControlFailure) -> Int64? {
    switch members[name] {
    case nil, .null: return nil
    case .wholeNumber(let number): return number
    case let other?: throw Self.wrongType(name, "a whole number", other)
    }
  }

  private static func wrongType(_ name: String, _ expected: String, _ found: BodyValue)
    -> ControlFailure
  {
    ControlFailure(
      .invalid, "`\(name)` must be \(expected), not \(found.kind)",
      hint: "Send `\(name)` as \(expected).")
  }

  private static func shape(_ known: [String]) -> String {
    known.isEmpty
      ? "{} (this request takes no members)"
      : "{" + known.map { "\"\($0)\": …" }.joined(separator: ", ") + "}"
  }

  private static func remedy(_ name: String, _ known: [String]) -> String {
    if known.isEmpty { return "This request takes no members; leave the body empty." }
    if let near = Spelling.nearest(to: name, among: known) { return "Did you mean `\(near)`?" }
    return "Known members: \(known.joined(separator: ", "))."
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
