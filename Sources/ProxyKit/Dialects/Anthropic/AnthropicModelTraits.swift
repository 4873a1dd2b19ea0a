/// What a Claude model can do, as far as its name tells.
///
/// A name without a version is taken for the newest model, but not for one that refuses more than
/// all others do.
struct AnthropicModelTraits: Sendable, Equatable {
  enum Thinking {
    case never
    /// The request says how many tokens to think with.
    case byBudget
    /// The model decides; the request names an effort.
    case byEffort
  }

  let thinking: Thinking
  /// The model refuses a budget, and takes an effort alone.
  let refusesBudget: Bool
  /// The model cannot be told not to think.
  let alwaysThinks: Bool
  /// The model refuses `temperature`, `top_p` and `top_k`.
  let refusesSampling: Bool
  /// The model refuses to go on with the beginning of an answer.
  let refusesPrefill: Bool
  /// The model refuses a choice that forces a call.
  let refusesForcedCalls: Bool
  /// The most tokens that it writes; nil when nobody knows.
  let maximumOutput: Int?
  private let version: Int

  private static let unknown = 10_000

  init(model: String) {
    let words = Self.words(of: model)
    version = Self.version(in: words)
    let isKnown = version < Self.unknown
    switch version {
    case ..<370: thinking = .never
    case ..<460: thinking = .byBudget
    default: thinking = .byEffort
    }
    refusesBudget = version >= 470
    refusesSampling = version >= 470
    refusesPrefill = version >= 460
    let isMyth = words.contains("fable") || words.contains("mythos")
    let isLarge = words.contains("opus") || words.contains("sonnet")
    alwaysThinks = isMyth || (isKnown && isLarge && version >= 550)
    refusesForcedCalls = isKnown && ((isMyth && version >= 510) || (isLarge && version >= 550))
    maximumOutput = Self.maximumOutput(version, isOpus: words.contains("opus"))
  }

  private static func maximumOutput(_ version: Int, isOpus: Bool) -> Int? {
    switch version {
    case ..<350: 4096
    case ..<370: 8192
    case ..<400: 64_000
    case ..<450: isOpus ? 32_000 : 64_000
    case ..<460: 64_000
    case ..<unknown: 128_000
    default: nil
    }
  }

  /// The effort in a word that the model knows; nil when it knows none.
  func effort(_ wish: String) -> JSONText? {
    switch wish {
    case "minimal", "low": "low"
    case "medium": "medium"
    case "high": "high"
    case "xhigh": version >= 470 ? "xhigh" : "high"
    case "max": version >= 460 ? "max" : "high"
    default: nil
    }
  }

  private static func words(of model: String) -> ArraySlice<Substring> {
    let name = model.lowercased()
    guard let claude = name.split(separator: "/").last(where: { $0.contains("claude") }) else {
      return []
    }
    return claude.split(whereSeparator: { "-.@:_".contains($0) }).drop { $0 != "claude" }
  }

  /// `claude-sonnet-4-5-20250929` is 450, `claude-3-7-sonnet` 370, a name without numbers 10000.
  private static func version(in words: ArraySlice<Substring>) -> Int {
    guard let first = words.firstIndex(where: { number($0) != nil }),
      let major = number(words[first])
    else { return unknown }
    let next = words.index(after: first)
    let minor = next < words.endIndex ? number(words[next]) ?? 0 : 0
    return major * 100 + minor * 10
  }

  /// Versions have one digit or two; dates have eight.
  private static func number(_ word: Substring) -> Int? {
    word.utf8.count <= 2 ? Int(word) : nil
  }
}
