import Testing

@testable import Dialects

@Suite struct `A random conversation` {
  private static let seeds = 0..<40

  private static func target(_ dialect: Dialect) -> Target {
    switch dialect {
    case .anthropic: Target(model: "claude-sonnet-4-5", platform: .vendor)
    case .chat: Target(model: "gpt-4o", platform: .vendor)
    case .responses: Target(model: "gpt-4o", platform: .vendor)
    case .gemini: Target(model: "gemini-2.5-pro", platform: .vendor)
    case .converse: Target(model: "anthropic.claude-sonnet-4-5", platform: .bedrock)
    }
  }

  private static func write(_ conversation: Conversation, _ dialect: Dialect) throws
    -> EncodedRequest
  {
    try dialect.codec.encodeRequest(conversation, for: target(dialect))
  }

  private static func read(_ bytes: [UInt8], _ dialect: Dialect) throws -> Conversation {
    var conversation = try dialect.codec.decodeRequest(JSONDocument(bytes))
    // Where the path says it, the caller fills it in.
    if conversation.model.isEmpty { conversation.model = "m" }
    return conversation
  }

  @Test(arguments: Dialect.allCases)
  func `is the same when it was written and read`(_ dialect: Dialect) throws {
    for seed in Self.seeds {
      let given = RandomConversation.make(seed: seed, origin: dialect)
      let written = try Self.write(given, dialect)
      #expect(written.losses.isEmpty, "seed \(seed)")
      var read = try Self.read(written.body, dialect)
      #expect(SpokenContent(read) == SpokenContent(given), "seed \(seed)")
      if dialect == .gemini || dialect == .converse { read.wantsStream = given.wantsStream }
      #expect(
        String(decoding: try Self.write(read, dialect).body, as: UTF8.self)
          == String(decoding: written.body, as: UTF8.self), "seed \(seed)")
    }
  }

  @Test(arguments: Dialect.allCases, Dialect.allCases)
  func `says the same in another language, but for what is recorded`(
    _ origin: Dialect, _ other: Dialect
  ) throws {
    for seed in Self.seeds where origin != other {
      let given = RandomConversation.make(seed: seed, origin: origin)
      let there = try Self.write(given, other)
      let foreign = try Self.read(there.body, other)
      let back = try Self.write(foreign, origin)
      let home = try Self.read(back.body, origin)
      if there.losses.isEmpty {
        #expect(SpokenContent(foreign) == SpokenContent(given), "seed \(seed), there")
      }
      if back.losses.isEmpty {
        #expect(SpokenContent(home) == SpokenContent(foreign), "seed \(seed), back")
      }
    }
  }
}
