internal import FoundationEssentials

extension KeyTerms {
  private static let unlimited = "{}"

  /// The terms as the store keeps them: JSON under the names that the members have here, since ten
  /// thousand of them are read at every start and renaming takes longer than reading.
  package var json: String {
    guard self != KeyTerms(), let bytes = try? JSONEncoder().encode(self) else {
      return Self.unlimited
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads what `json` wrote; nil when it is something else.
  package init?(json: String) {
    if json == Self.unlimited {
      self.init()
      return
    }
    guard let terms = try? JSONDecoder().decode(KeyTerms.self, from: Data(json.utf8)) else {
      return nil
    }
    self = terms
  }
}
