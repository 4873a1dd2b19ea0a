/// Words that a row must contain, or must not after a `!`.
///
/// Capitals matter only when typed.
struct RowFilter {
  private let terms: [(text: String, isNegated: Bool, ignoresCase: Bool)]

  init(_ text: String) {
    terms = text.split(separator: " ").compactMap { word in
      let isNegated = word.first == "!"
      let term = String(isNegated ? word.dropFirst() : word)
      guard !term.isEmpty else { return nil }
      let ignoresCase = term == term.lowercased()
      return (term, isNegated, ignoresCase)
    }
  }

  var isEmpty: Bool { terms.isEmpty }

  func admits(_ fields: [String]) -> Bool {
    terms.allSatisfy { term in
      let found = fields.contains { field in
        let text = term.ignoresCase ? field.lowercased() : field
        return text.contains(term.text)
      }
      return found != term.isNegated
    }
  }
}
