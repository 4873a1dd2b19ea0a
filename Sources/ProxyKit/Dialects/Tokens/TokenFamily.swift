/// How the models of one vendor and age count, as far as that is known from outside.
///
/// The figures err high: who believes them sends less than fits, never more.
package struct TokenFamily: Sendable, Equatable {
  /// Tokens of the family for a hundred of o200k_base.
  package var textPercent: Int
  package var image: ImageTokens
  package var pageTokens: Int
  package var audioTokensPerSecond: Int
  package var messageTokens: Int
  package var requestTokens: Int
  package var toolTokens: Int
  /// What the vendor says to the model as soon as there is a tool.
  package var toolsTokens: Int
  /// For a tool whose words only the vendor knows.
  package var vendorToolTokens: Int

  package static let openAI = Self(
    textPercent: 100, image: .tiles(base: 85, each: 170), pageTokens: 2500,
    audioTokensPerSecond: 10, messageTokens: 4, requestTokens: 3, toolTokens: 10,
    toolsTokens: 16, vendorToolTokens: 800)
  package static let claude = Self(
    textPercent: 125, image: .area(longEdge: 1568, limit: 1600), pageTokens: 3000,
    audioTokensPerSecond: 32, messageTokens: 5, requestTokens: 5, toolTokens: 12,
    toolsTokens: 346, vendorToolTokens: 800)
  /// From Opus 4.7 on: a tokenizer up to a third denser, and sharper eyes.
  package static let newerClaude = {
    var family = claude
    family.textPercent = 170
    family.image = .area(longEdge: 2576, limit: 4784)
    family.pageTokens = 5000
    family.toolsTokens = 500
    return family
  }()
  package static let gemini = {
    var family = openAI
    family.textPercent = 115
    family.image = .crops(each: 258)
    family.pageTokens = 560
    family.audioTokensPerSecond = 32
    return family
  }()
  /// From Gemini 3 on an image has one price.
  package static let newerGemini = {
    var family = gemini
    family.image = .flat(1120)
    return family
  }()
  /// A model that nothing is known of.
  package static let other = {
    var family = openAI
    family.textPercent = 115
    family.image = .patches(percent: 120, limit: 2500, autoLimit: 10_000)
    return family
  }()

  /// The family of a model by its name at the backend, whatever prefix it has.
  package init(model: String) {
    let name = model.lowercased().replacing(".", with: "-")
    if name.contains("claude") {
      self = Self.isNewer(claude: name) ? .newerClaude : .claude
    } else if name.contains("gemini") || name.contains("gemma") {
      let older = ["gemini-1", "gemini-2", "gemini-exp", "gemini-pro-vision", "gemma"]
      self = older.contains { name.contains($0) } ? .gemini : .newerGemini
    } else if let image = ImageTokens(openAI: name) {
      self = .openAI
      self.image = image
    } else {
      self = .other
    }
  }

  private init(
    textPercent: Int, image: ImageTokens, pageTokens: Int, audioTokensPerSecond: Int,
    messageTokens: Int, requestTokens: Int, toolTokens: Int, toolsTokens: Int,
    vendorToolTokens: Int
  ) {
    self.textPercent = textPercent
    self.image = image
    self.pageTokens = pageTokens
    self.audioTokensPerSecond = audioTokensPerSecond
    self.messageTokens = messageTokens
    self.requestTokens = requestTokens
    self.toolTokens = toolTokens
    self.toolsTokens = toolsTokens
    self.vendorToolTokens = vendorToolTokens
  }

  /// Names that are not known to be older are newer.
  private static func isNewer(claude name: String) -> Bool {
    let older = [
      "claude-2", "claude-3", "claude-v", "claude-instant", "-4-0", "-4-1", "-4-5", "-4-6",
    ]
    if older.contains(where: { name.contains($0) }) { return false }
    return !["opus-4", "sonnet-4"].contains { family in
      name.hasSuffix(family) || name.contains("\(family)-2") || name.contains("\(family)@")
    }
  }
}
