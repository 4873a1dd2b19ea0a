/// What a Gemini model can do, as far as its name tells.
///
/// A name without a version is taken for the newest model.
struct GeminiModelTraits: Sendable, Equatable {
  enum Thinking: Equatable {
    case never
    /// The request says how many tokens to think with; none at all where the range begins at zero.
    case byBudget(least: Int, most: Int, canRest: Bool)
    /// The request names a level; these are the ones the model knows, from the least.
    case byLevel([String])
  }

  /// 250 for `gemini-2.5-pro`, 310 for `gemini-3.1-flash-lite`.
  let version: Int
  let thinking: Thinking
  /// The most tokens that may be asked for.
  let maximumOutput: Int

  init(model: String) {
    let name = model.lowercased()
    let own = name.split(separator: "/").last.map { String($0) } ?? name
    version = Self.version(of: own)
    maximumOutput = version >= 250 ? 65_535 : 8192
    thinking = Self.thinking(of: own, version)
  }

  /// Calls of the current turn are refused without a signature.
  var wantsSignatures: Bool { version >= 300 }
  /// Results of tools may hold images and documents.
  var takesMediaInResults: Bool { version >= 300 }
  /// Takes JSON Schema as it is.
  var takesJSONSchema: Bool { version >= 250 }
  /// Takes a form for the answer beside tools.
  var takesFormatWithTools: Bool { version >= 300 }
  /// Fetches what stands behind a public address.
  var fetchesAddresses: Bool { version >= 250 }

  private static func thinking(of name: String, _ version: Int) -> Thinking {
    let cannot = ["-image", "-tts", "-live", "-audio", "embedding", "gemma", "learnlm", "imagen"]
    guard version >= 250, !cannot.contains(where: { name.contains($0) }) else { return .never }
    let isFlash = name.contains("flash")
    guard version >= 300 else {
      if name.contains("lite") { return .byBudget(least: 512, most: 24_576, canRest: true) }
      if isFlash { return .byBudget(least: 1, most: 24_576, canRest: true) }
      return .byBudget(least: 128, most: 32_768, canRest: false)
    }
    if isFlash { return .byLevel(["minimal", "low", "medium", "high"]) }
    return .byLevel(version == 300 ? ["low", "high"] : ["low", "medium", "high"])
  }

  private static func version(of name: String) -> Int {
    let words = name.split(whereSeparator: { "-@:_".contains($0) })
    guard let gemini = words.firstIndex(of: "gemini") else {
      return name.contains("gemma") || name.contains("learnlm") ? 200 : 10_000
    }
    for word in words[(gemini + 1)...] {
      let numbers = word.split(separator: ".", omittingEmptySubsequences: false)
      guard let major = Int(numbers[0]), numbers[0].utf8.count == 1 else { continue }
      let minor = numbers.count > 1 ? Int(numbers[1]) ?? 0 : 0
      return major * 100 + minor * 10
    }
    return 10_000
  }
}
