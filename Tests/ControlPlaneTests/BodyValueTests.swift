import Testing

@testable import ControlPlane

@Suite struct `A merge patch` {
  private func value(_ json: String) throws -> BodyValue { try #require(BodyValue(json: json)) }

  /// The examples of RFC 7396, appendix A.
  @Test(
    arguments: [
      (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
      (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
      (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
      (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
      (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
      (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
      (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
      (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
      (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#), (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
      (#"{"a":"foo"}"#, "null", "null"), (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
      (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
      ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
      ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ] as [(String, String, String)])
  func `changes what it names and nothing else`(
    before: String, patch: String, after: String
  ) throws {
    #expect(try value(before).merged(with: try value(patch)) == (try value(after)))
  }

  @Test func `over a card leaves what it does not name, and null clears`() throws {
    let card = KeyCard(
      name: "ci", note: "n", expiresAtMs: 5, isPaused: true,
      terms: KeyTerms(
        owner: "o", models: ["a"], requestsPerMinute: 1,
        budgets: [BudgetTerms(limitMicroDollars: 3)], logsBodies: true))
    #expect(try card.edited(by: .object([:])) == card)
    var changed = card
    changed.expiresAtMs = nil
    changed.terms.models = nil
    changed.terms.requestsPerMinute = 9
    let patch = #"{"expires_at_ms":null,"terms":{"models":null,"requests_per_minute":9}}"#
    #expect(try card.edited(by: value(patch)) == changed)
    let cleared = try card.edited(by: value(#"{"terms":null,"note":null,"is_paused":null}"#))
    #expect(cleared == KeyCard(name: "ci", expiresAtMs: 5))
    #expect(KeyCard(json: card.json) == card)
  }

  @Test func `is told as the members that differ`() throws {
    let before = try value(#"{"a":1,"b":{"c":["x","y"],"d":true},"e":"","f":{"g":1}}"#)
    let after = try value(#"{"a":1,"b":{"c":[],"d":false},"e":"z","h":2.5}"#)
    #expect(
      before.changes(to: after) == [
        "b.c: x, y -> []", "b.d: yes -> no", "e: \"\" -> z", "f: g 1 -> none", "h: none -> 2.5",
      ])
    #expect(before.changes(to: before).isEmpty)
  }
}

@Suite struct `Terms of a key` {
  @Test func `come back from the store as they were`() {
    for terms in [KeyTerms(), Specimens.terms, KeyTerms(models: [])] {
      #expect(KeyTerms(json: terms.json) == terms)
    }
    #expect(KeyTerms().json == "{}")
    #expect(KeyTerms(json: #"{"requestsPerMinute":4}"#) == KeyTerms(requestsPerMinute: 4))
    for broken in ["", "[]", "{", #"{"role":"root"}"#, #"{"budgets":[{}]}"#] {
      #expect(KeyTerms(json: broken) == nil)
    }
  }

  @Test func `are the same on the wire whatever they are`() throws {
    let value = try #require(
      BodyValue(json: String(decoding: WireJSON.encode(Specimens.terms), as: UTF8.self)))
    #expect(try KeyTerms(value, at: "terms") == Specimens.terms)
  }
}

@Suite struct `Money` {
  @Test(
    arguments: [
      (0, "$0"), (1, "<$0.0001"), (50, "$0.0001"), (12_345, "$0.0123"), (994_000, "$0.9940"),
      (999_999, "$1.00"), (1_250_000, "$1.25"), (99_990_000, "$99.99"), (412_400_000, "$412"),
      (9_999_400_000, "$9999"), (12_400_000_000, "$12.4k"), (3_000_000_000_000, "$3.0M"),
    ] as [(Int64, String)])
  func `is as exact as its size deserves`(micro: Int64, words: String) {
    #expect(Figures.dollars(micro: micro) == words)
  }
}
