/// What an image costs.
package enum ImageTokens: Sendable, Equatable {
  /// Anthropic: by area, after the longer edge has been scaled down to a limit.
  case area(longEdge: Int, limit: Int)
  /// Older OpenAI models: squares of 512, after the shorter edge has been scaled down to 768.
  case tiles(base: Int, each: Int)
  /// Newer OpenAI models: squares of 32 up to a limit, times a factor; the automatic detail may
  /// have a limit of its own.
  case patches(percent: Int, limit: Int, autoLimit: Int)
  /// Gemini 2: crops that follow the shorter edge.
  case crops(each: Int)
  case flat(Int)

  /// The rule of an OpenAI model by its name, with dots as dashes; nil when it is not one.
  init?(openAI name: String) {
    let rules: [([String], ImageTokens)] = [
      (["gpt-4o-mini"], .tiles(base: 2833, each: 5667)),
      (["gpt-4-1-mini", "gpt-5-mini"], .patches(percent: 162, limit: 1536, autoLimit: 1536)),
      (["gpt-4-1-nano", "gpt-5-nano"], .patches(percent: 246, limit: 1536, autoLimit: 1536)),
      (["o4-mini"], .patches(percent: 172, limit: 1536, autoLimit: 1536)),
      (["gpt-3", "gpt-4", "chatgpt"], .tiles(base: 85, each: 170)),
      (
        ["gpt-5-1", "gpt-5-codex", "gpt-5-2025", "gpt-5-chat", "gpt-5-pro", "gpt-5-search"],
        .tiles(base: 70, each: 140)
      ),
      (["computer-use-preview"], .tiles(base: 65, each: 129)),
    ]
    for (names, rule) in rules where names.contains(where: { name.contains($0) }) {
      self = rule
      return
    }
    let last = name.split(separator: "/").last ?? ""
    if last == "gpt-5" {
      self = .tiles(base: 70, each: 140)
    } else if last.hasPrefix("o1") || last.hasPrefix("o3") {
      self = .tiles(base: 75, each: 150)
    } else if name.contains("gpt-") && !name.contains("gpt-oss") {
      self = .patches(percent: 120, limit: 2500, autoLimit: name.contains("gpt-5") ? 10_000 : .max)
    } else {
      return nil
    }
  }

  /// The tokens of an image of this size; without one, of a large image.
  package func count(_ size: ImageSize?, detail: JSONText? = nil) -> Int {
    let isLow = detail?.equals("low") == true
    switch self {
    case .flat(let tokens): return tokens
    case .area(let longEdge, let limit):
      guard let size else { return limit }
      let fitted = size.fitted(within: longEdge)
      let patches = above(fitted.width, 28) * above(fitted.height, 28)
      return min(limit, max(above(fitted.width * fitted.height, 750), patches))
    case .tiles(let base, let each):
      if isLow { return base }
      guard let size else { return base + 8 * each }
      let fitted = size.fitted(within: 2048).fitted(shorterEdgeWithin: 768)
      return base + each * above(fitted.width, 512) * above(fitted.height, 512)
    case .patches(let percent, let limit, let autoLimit):
      if isLow { return above(256 * percent, 100) }
      let isAuto = detail.map { !$0.equals("high") } ?? true
      let most = isAuto ? autoLimit : limit
      let patches = size.map { above($0.width, 32) * above($0.height, 32) } ?? 2500
      return above(min(most, patches) * percent, 100)
    case .crops(let each):
      guard let size else { return 6 * each }
      if size.width <= 384, size.height <= 384 { return each }
      let unit = min(768, max(256, min(size.width, size.height) * 2 / 3))
      return each * above(size.width, unit) * above(size.height, unit)
    }
  }

  private func above(_ value: Int, _ divisor: Int) -> Int { (value + divisor - 1) / divisor }
}
