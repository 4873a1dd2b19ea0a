internal import FoundationEssentials

/// The members of a request body, or of an object inside it, read strictly: what is unknown or of
/// the wrong type is refused with the remedy.
struct BodyFields {
  private let members: [String: BodyValue]
  private let known: [String]
  /// Where the object lies in the body, such as `terms.`.
  private let path: String

  /// Reads one object; an empty body is an empty object.
  init(_ body: [UInt8], known: [String]) throws(ControlFailure) {
    try self.init(try Self.value(body, known: known), known: known)
  }

  /// The JSON of a body; an empty one is an empty object.
  static func value(_ body: [UInt8], known: [String]) throws(ControlFailure) -> BodyValue {
    guard body.contains(where: { !isBlank($0) }) else { return .object([:]) }
    do {
      return try JSONDecoder().decode(BodyValue.self, from: Data(body))
    } catch {
      throw ControlFailure(
        .invalid, WireMismatch(error).sentence, hint: "Send one JSON object: \(shape(known)).")
    }
  }

  /// Reads an object that is there already; `path` says where, and is empty for a whole body.
  init(_ value: BodyValue, known: [String], at path: String = "") throws(ControlFailure) {
    guard case .object(let members) = value else {
      throw ControlFailure(
        .invalid, "\(path.isEmpty ? "the body" : "`\(path)`") is \(value.kind), not an object",
        hint: path.isEmpty
          ? "Send one JSON object: \(Self.shape(known))."
          : "Send `\(path)` as \(Self.shape(known)).")
    }
    self.members = members
    self.known = known
    self.path = path.isEmpty ? "" : path + "."
    for name in members.keys.sorted() where !known.contains(name) {
      let shown = PlainText.cleaned(String(name.prefix(100)))
      throw ControlFailure(
        .invalid, "unknown member `\(self.path)\(shown)`", hint: Self.remedy(name, known))
    }
  }

  /// A member as it came; null and absent are the same.
  subscript(name: String) -> BodyValue? {
    let value = members[name]
    return value == .null ? nil : value
  }

  /// Where a member lies in the body.
  func place(of name: String) -> String { path + name }

  /// A text that must be there and not be empty.
  func requiredText(_ name: String) throws(ControlFailure) -> String {
    guard let text = try text(name) else {
      throw ControlFailure(
        .invalid, "`\(path)\(name)` is missing", hint: "Send one JSON object: \(Self.shape(known))."
      )
    }
    guard !text.isEmpty else {
      throw ControlFailure(
        .invalid, "`\(path)\(name)` is empty", hint: "Give `\(path)\(name)` a value.")
    }
    return text
  }

  /// A text; null and absent are the same.
  func text(_ name: String) throws(ControlFailure) -> String? {
    switch self[name] {
    case nil: return nil
    case .text(let text): return text
    case let other?: throw wrongType(name, "a string", other)
    }
  }

  /// A whole number; null and absent are the same.
  func wholeNumber(_ name: String) throws(ControlFailure) -> Int64? {
    switch self[name] {
    case nil: return nil
    case .wholeNumber(let number): return number
    case let other?: throw wrongType(name, "a whole number", other)
    }
  }

  /// A whole number within a range; null and absent are the same.
  func wholeNumber(
    _ name: String, in range: ClosedRange<Int64>
  ) throws(ControlFailure) -> Int64? {
    guard let number = try wholeNumber(name) else { return nil }
    guard range.contains(number) else {
      throw ControlFailure(
        .invalid, "`\(path)\(name)` is \(number)",
        hint: "Give `\(path)\(name)` a number from \(range.lowerBound) to \(range.upperBound), or "
          + "null for none.")
    }
    return number
  }

  /// A yes or no; null and absent are no.
  func flag(_ name: String) throws(ControlFailure) -> Bool {
    switch self[name] {
    case nil: return false
    case .boolean(let value): return value
    case let other?: throw wrongType(name, "true or false", other)
    }
  }

  /// A list of anything; null and absent are the same.
  func list(_ name: String, atMost most: Int) throws(ControlFailure) -> [BodyValue]? {
    switch self[name] {
    case nil: return nil
    case .list(let list):
      guard list.count <= most else {
        throw ControlFailure(
          .invalid, "`\(path)\(name)` has \(list.count) entries", hint: "Send \(most) at most.")
      }
      return list
    case let other?: throw wrongType(name, "a list", other)
    }
  }

  /// One of a few words; null and absent are the same.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String
  ) throws(ControlFailure) -> Choice? where Choice.RawValue == String {
    guard let word = try text(name) else { return nil }
    guard let choice = Choice(rawValue: word) else {
      let words = Choice.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
      throw ControlFailure(
        .invalid, "`\(path)\(name)` is `\(PlainText.cleaned(String(word.prefix(100))))`",
        hint: "Send one of \(words).")
    }
    return choice
  }

  private func wrongType(
    _ name: String, _ expected: String, _ found: BodyValue
  ) -> ControlFailure {
    ControlFailure(
      .invalid, "`\(path)\(name)` must be \(expected), not \(found.kind)",
      hint: "Send `\(path)\(name)` as \(expected).")
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
