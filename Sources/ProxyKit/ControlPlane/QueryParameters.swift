/// The query of a control request: known names, each at most once.
struct QueryParameters {
  private var values: [String: String] = [:]

  init(_ query: String?, known: [String]) throws(ControlFailure) {
    for part in (query ?? "").split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentEncoding.decode(pair[0]) ?? String(pair[0])
      guard known.contains(name) else {
        throw ControlFailure(
          .invalid, "unknown query parameter `\(PlainText.cleaned(name))`",
          hint: known.isEmpty
            ? "This path takes none." : "Known here: \(known.joined(separator: ", ")).")
      }
      guard values[name] == nil else {
        throw ControlFailure(
          .invalid, "query parameter `\(name)` stands twice", hint: "Send `\(name)` once.")
      }
      values[name] = pair.count == 2 ? String(pair[1]) : ""
    }
  }

  /// A text, its escapes undone.
  func text(_ name: String) throws(ControlFailure) -> String? {
    guard let raw = values[name] else { return nil }
    guard let text = PercentEncoding.decode(raw), !text.isEmpty else {
      throw ControlFailure(
        .invalid, "query parameter `\(name)` is empty or holds a broken percent escape",
        hint: "Give `\(name)` a value, or leave it out.")
    }
    return text
  }

  /// One of a few words.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String
  ) throws(ControlFailure) -> Choice? where Choice.RawValue == String {
    guard let word = try text(name) else { return nil }
    guard let choice = Choice(rawValue: word) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw ControlFailure(
        .invalid, "query parameter `\(name)` is `\(PlainText.cleaned(word))`",
        hint: "Give one of: \(words).")
    }
    return choice
  }

  /// A yes or no; absent is no.
  func flag(_ name: String) throws(ControlFailure) -> Bool {
    switch values[name] {
    case nil, "0", "false": return false
    case "1", "true", "": return true
    case let other?:
      throw ControlFailure(
        .invalid, "query parameter `\(name)` is `\(PlainText.cleaned(other))`",
        hint: "Give `\(name)` 1 or 0.")
    }
  }

  subscript(name: String) -> Int64? {
    get throws(ControlFailure) {
      guard let text = values[name] else { return nil }
      guard let value = Int64(text), value >= 0 else {
        throw ControlFailure(
          .invalid, "query parameter `\(name)` is `\(PlainText.cleaned(text))`",
          hint: "Give `\(name)` a whole number.")
      }
      return value
    }
  }
}
