/// The query of a control request: known names, each at most once, all of them whole numbers.
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
