import Testing

@testable import Dialects

struct `An identifier for Anthropic` {
  private static let odd = [
    "Bash:0", "", "a b", "functions.get_weather:12", "日本", "a__b.c", "anyllm_", "anyllm_x",
    "anyllm_Bash_3a0", "x/y\\z\"q", "\n", "a\u{0}b", "anyllm__", "tool🎌",
  ]

  @Test(arguments: ["toolu_01AbC-9", "call_abc", "-", "_", "A", "anyllm", "any_llm_x"])
  func `that is well spelt stays as it is`(id: String) {
    #expect(AnthropicIdentifier.encode(JSONText(id)).string == id)
    #expect(AnthropicIdentifier.decode(JSONText(id)).string == id)
  }

  @Test(arguments: odd)
  func `that is not comes back after a journey in the right alphabet`(id: String) {
    let encoded = AnthropicIdentifier.encode(JSONText(id))
    #expect(encoded.string.wholeMatch(of: /[a-zA-Z0-9_-]+/) != nil)
    #expect(AnthropicIdentifier.decode(encoded) == JSONText(id))
  }

  @Test func `is no other's`() {
    var seen: [String: String] = [:]
    let alphabet = ["a", "_", ".", ":", "2", "e", "anyllm_", "-"]
    for first in alphabet {
      for second in alphabet {
        for third in alphabet {
          let id = first + second + third
          let encoded = AnthropicIdentifier.encode(JSONText(id)).string
          #expect(seen[encoded] == nil || seen[encoded] == id)
          seen[encoded] = id
        }
      }
    }
  }

  @Test(arguments: ["anyllm_zz_", "anyllm_a_g0", "anyllm_abc", "anyllm_a_ff", "anyllm__x_2"])
  func `that only looks like ours is its own original`(id: String) {
    #expect(AnthropicIdentifier.decode(JSONText(id)).string == id)
  }
}
