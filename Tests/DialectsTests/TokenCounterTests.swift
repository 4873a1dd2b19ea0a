import FoundationEssentials
import Testing

@testable import Dialects

struct `Tokens of a text` {
  /// A text and what tiktoken made of it.
  private struct Case: Decodable {
    var text: String
    var times: Int
    var count: Int
    var check: String
    var tokens: [UInt32]?
  }

  private static func cases() throws -> [Case] {
    let tests = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let file = try Data(contentsOf: URL(filePath: "/\(tests)/Fixtures/tokens/cases.jsonl"))
    return try file.split(separator: 0x0A).map { try JSONDecoder().decode(Case.self, from: $0) }
  }

  private static func check(_ tokens: [UInt32]) -> String {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for token in tokens { state = (state ^ UInt64(token)) &* 0x100_0000_01B3 }
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func tokens(_ text: String, window: Int) -> [UInt32] {
    var pass = TokenPass(keepsTokens: true, window: window)
    pass.run(Array(text.utf8).span)
    return pass.tokens
  }

  @Test func `are those of tiktoken`() throws {
    let cases = try Self.cases()
    #expect(cases.count > 500)
    for one in cases {
      let bytes = Array(String(repeating: one.text, count: one.times).utf8)
      let tokens = TokenCounter.tokens(bytes[...])
      #expect(tokens.count == one.count, "\(one.text.debugDescription) x \(one.times)")
      #expect(Self.check(tokens) == one.check, "\(one.text.debugDescription) x \(one.times)")
      if let wanted = one.tokens { #expect(tokens == wanted, "\(one.text.debugDescription)") }
      #expect(TokenCounter.count(bytes[...]) == one.count)
    }
  }

  @Test func `are the same when the text is escaped`() throws {
    for one in try Self.cases() where one.times == 1 {
      let escaped = JSONText(one.text)
      #expect(TokenCounter.count(escaped) == one.count)
      var everything: [UInt8] = []
      for unit in one.text.utf16 {
        let digits = String(unit, radix: 16)
        everything += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      }
      #expect(TokenCounter.count(JSONText(escaped: everything[...])) == one.count)
    }
  }

  @Test func `take half a surrogate for the replacement character`() {
    let half = JSONText(escaped: Array(#"a\ud83d b\udc00"#.utf8)[...])
    #expect(TokenCounter.count(half) == TokenCounter.count(JSONText("a\u{FFFD} b\u{FFFD}")))
  }

  @Test func `do not depend on the windows in which a long piece is merged`() throws {
    for one in try Self.cases() {
      let text = String(repeating: one.text, count: min(one.times, 2000))
      let whole = Self.tokens(text, window: .max)
      for window in [65, 90, 200, 777] {
        #expect(Self.tokens(text, window: window) == whole, "\(one.text.debugDescription)")
      }
    }
  }

  @Test func `of bytes that are not UTF-8 are counted without harm`() {
    for first in UInt8(0x80)...0xFF {
      for rest: [UInt8] in [[], [0x80], [0xFF, 0x41], [0x80, 0x80], [0xBF, 0xBF, 0xBF]] {
        #expect(TokenCounter.count([first] + rest[...]) > 0)
        #expect(TokenCounter.count([0x41, first] + rest[...]) > 0)
      }
    }
  }
}
