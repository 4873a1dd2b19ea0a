/// What is known of one model.
package struct ModelEntry: Sendable, Equatable {
  /// The row it was found in, which may be plainer than what was asked for.
  package var name: String
  package var mode: ModelMode?
  package var contextWindow: Int?
  package var maximumOutput: Int?
  /// Shorter prompts are not cached.
  package var cacheMinimum: Int?
  package var prices: ModelPrices
  private var has: UInt64
  private var lacks: UInt64

  /// Reads the fields of a row: name, mode, abilities, window, output, cache minimum, prices.
  init(fields: [ArraySlice<UInt8>]) {
    func field(_ index: Int) -> ArraySlice<UInt8> { index < fields.count ? fields[index] : [] }
    func number(_ index: Int) -> Int? { Int(String(decoding: field(index), as: UTF8.self)) }
    name = String(decoding: field(0), as: UTF8.self)
    mode = field(1).first.flatMap { ModelMode(rawValue: Character(UnicodeScalar($0))) }
    let abilities = field(2).split(
      separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
    has = abilities.first.map { Self.bits($0) } ?? 0
    lacks = abilities.count > 1 ? Self.bits(abilities[1]) : 0
    contextWindow = number(3)
    maximumOutput = number(4)
    cacheMinimum = number(5)
    prices = ModelPrices(field(6))
  }

  /// Whether the model can do it; nil when nobody has said.
  package func supports(_ ability: ModelAbility) -> Bool? {
    let bit = Self.bits(Array(String(ability.rawValue).utf8)[...])
    if has & bit != 0 { return true }
    return lacks & bit != 0 ? false : nil
  }

  /// One bit for each letter.
  private static func bits(_ letters: ArraySlice<UInt8>) -> UInt64 {
    letters.reduce(0) { bits, letter in
      UInt8(ascii: "A")...UInt8(ascii: "z") ~= letter
        ? bits | 1 << UInt64(letter - UInt8(ascii: "A")) : bits
    }
  }
}

/// What a model is for; the raw value is its letter in the table.
package enum ModelMode: Character, Sendable {
  case chat = "c"
  /// A chat model that speaks OpenAI Responses only.
  case responses = "r"
  case completion = "x"
  case embedding = "e"
  case rerank = "k"
  case transcription = "t"
  case speech = "s"
  case imageGeneration = "i"
  case imageEdit = "j"
  case moderation = "m"
  case documentReading = "o"
  case realtime = "l"
}

/// What a model may be able to do; the raw value is its letter in the table.
package enum ModelAbility: Character, Sendable, CaseIterable {
  case tools = "t"
  case toolChoice = "c"
  case parallelTools = "l"
  case vision = "v"
  case documents = "d"
  case audioInput = "a"
  case audioOutput = "A"
  case videoInput = "V"
  case reasoning = "r"
  case responseSchema = "s"
  case promptCaching = "h"
  case systemMessages = "m"
  case webSearch = "w"
  /// An assistant turn at the end, which the model goes on with.
  case prefill = "f"
  case computerUse = "u"
  case nativeStructuredOutput = "n"
  case extraHighEffort = "x"
  case maximumEffort = "X"
  case minimalEffort = "i"
  case noEffort = "o"
  case adaptiveThinking = "T"
  /// Thinking with a budget of tokens where adaptive thinking is the rule.
  case budgetedThinking = "L"
  /// Thinking that cannot be switched off.
  case constantThinking = "O"
  case systemTurns = "M"
  case toolSearch = "S"
  case outputConfiguration = "C"
  case sampling = "p"
  case forcedToolUse = "F"
  case urlContext = "U"
  case compaction = "k"
}
