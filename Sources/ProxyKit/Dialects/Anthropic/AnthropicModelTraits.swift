/// What a Claude model can do, as far as its name tells.
///
/// A name without a version is taken for the newest model.
struct AnthropicModelTraits {
  enum Thinking {
    case never
    /// The request says how many tokens to think with.
    case byBudget
    /// The model decides; the request names an effort.
    case byEffort
  }

  let thinking: Thinking
  /// The model refuses `temperature`, `top_p` and `top_k`.
  let refusesSampling: Bool

  init(model: String) {
    let version = Self.version(of: model)
    switch version {
    case ..<370: thinking = .never
    case ..<460: thinking = .byBudget
    default: thinking = .byEffort
    }
    refusesSampling = version >= 470
  }

  /// `claude-sonnet-4-5-20250929` is 450, `claude-3-7-sonnet` 370, a name without numbers 10000.
  private static func version(of model: String) -> Int {
    let name = model.lowercased()
    guard let claude = name.split(separator: "/").last(where: { $0.contains("claude") }) else {
      return 10_000
    }
    let words = claude.split(whereSeparator: { "-.@:_".contains($0) })
    let own = words.drop { $0 != "claude" }
    guard let first = own.firstIndex(where: { number($0) != nil }),
      let major = number(own[first])
    else { return 10_000 }
    let next = own.index(after: first)
    let minor = next < own.endIndex ? number(own[next]) ?? 0 : 0
    return major * 100 + minor * 10
  }

  /// Versions have one digit or two; dates have eight.
  private static func number(_ word: Substring) -> Int? {
    word.utf8.count <= 2 ? Int(word) : nil
  }
}
