internal import FoundationEssentials

extension KeyTerms {
  private static let storedDefault = "{}"

  /// The terms as the store keeps them: JSON under the names of the members here, since ten
  /// thousand of them are read at every start.
  package var stored: String {
    guard self != KeyTerms(), let bytes = try? JSONEncoder().encode(self) else {
      return Self.storedDefault
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads what the store kept; nil when it is something else.
  package init?(stored text: String) {
    if text == Self.storedDefault {
      self.init()
      return
    }
    guard let terms = try? JSONDecoder().decode(KeyTerms.self, from: Data(text.utf8)) else {
      return nil
    }
    self = terms
  }

  /// Members that are absent are not limited, so that an older program's terms can be read.
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      owner: try members.decodeIfPresent(String.self, forKey: .owner),
      tags: try members.decodeIfPresent([String].self, forKey: .tags) ?? [],
      role: try members.decodeIfPresent(KeyRole.self, forKey: .role) ?? .developer,
      models: try members.decodeIfPresent([String].self, forKey: .models),
      backends: try members.decodeIfPresent([String].self, forKey: .backends),
      routes: try members.decodeIfPresent([String].self, forKey: .routes),
      requestsPerMinute: try members.decodeIfPresent(Int.self, forKey: .requestsPerMinute),
      tokensPerMinute: try members.decodeIfPresent(Int.self, forKey: .tokensPerMinute),
      inputTokensPerMinute: try members.decodeIfPresent(Int.self, forKey: .inputTokensPerMinute),
      outputTokensPerMinute: try members.decodeIfPresent(Int.self, forKey: .outputTokensPerMinute),
      concurrentRequests: try members.decodeIfPresent(Int.self, forKey: .concurrentRequests),
      budgets: try members.decodeIfPresent([BudgetTerms].self, forKey: .budgets) ?? [],
      mappings: try members.decodeIfPresent([KeyMapping].self, forKey: .mappings) ?? [],
      logsBodies: try members.decodeIfPresent(Bool.self, forKey: .logsBodies) ?? false)
  }
}
