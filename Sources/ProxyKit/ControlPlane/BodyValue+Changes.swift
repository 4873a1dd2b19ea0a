internal import FoundationEssentials

extension BodyValue {
  /// Reads JSON; nil when it is something else.
  package init?(json: String) {
    guard let value = try? JSONDecoder().decode(BodyValue.self, from: Data(json.utf8)) else {
      return nil
    }
    self = value
  }

  /// What differs in another value, member by member, such as `terms.models: none -> a, b`.
  package func changes(to other: BodyValue, at path: String = "") -> [String] {
    guard self != other else { return [] }
    guard case .object(let before) = self, case .object(let after) = other else {
      let words = "\(summary) -> \(other.summary)"
      return [path.isEmpty ? words : "\(path): \(words)"]
    }
    return Set(before.keys).union(after.keys).sorted().flatMap { name in
      (before[name] ?? .null).changes(
        to: after[name] ?? .null, at: path.isEmpty ? name : "\(path).\(name)")
    }
  }

  /// The value on one line, as people read it.
  private var summary: String {
    switch self {
    case .null: "none"
    case .boolean(let value): value ? "yes" : "no"
    case .wholeNumber(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let text): text.isEmpty ? "\"\"" : text
    case .list(let values): values.isEmpty ? "[]" : values.map(\.summary).joined(separator: ", ")
    case .object(let members):
      members.keys.sorted().map { "\($0) \(members[$0]?.summary ?? "")" }.joined(separator: " ")
    }
  }
}
