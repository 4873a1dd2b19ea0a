import Testing

@testable import Dialects

struct `A request that passes from Gemini to Gemini` {
  private static func pass(
    _ text: String, model: String = "gemini-2.5-pro"
  ) throws -> (body: String, losses: [String]) {
    let passed = try GeminiCodec().passRequest(JSONDocument(text), for: Target(model: model))
    return (String(decoding: passed.body, as: UTF8.self), passed.losses.tags)
  }

  @Test(arguments: GeminiFixtures.requests, ["gemini-2.0-flash", "gemini-2.5-pro"])
  func `stays as it is`(name: String, model: String) throws {
    let bytes = try GeminiFixtures.bytes("requests", name)
    let passed = try GeminiCodec().passRequest(JSONDocument(bytes), for: Target(model: model))
    #expect(passed.body == bytes && passed.losses.isEmpty && !passed.hidesUsage)
  }

  private static let token = Seal(.anthropic, "sig").token(native: .gemini).string

  private static func cases(_ token: String) -> [(before: String, after: String, losses: [String])]
  {
    let contents: [(String, String, [String])] = [
      (
        #"{"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"T"},{"text":"a"}]}"#,
        #"{"role":"model","parts":[{"text":"t","thought":true},{"text":"a"}]}"#,
        ["thinking_signatures"]
      ),
      (
        #"{"role":"model","parts":[{"text":"a"}, {"thoughtSignature": "T", "text":"","thought":true}]}"#,
        #"{"role":"model","parts":[{"text":"a"}]}"#, ["thinking_signatures", "thinking_blocks"]
      ),
      (
        #"{"role":"model","parts":[{"thought_signature":"T","text":"","thought":true} , {"text":"a"}]}"#,
        #"{"role":"model","parts":[{"text":"a"}]}"#, ["thinking_signatures", "thinking_blocks"]
      ),
      (
        #"{"role":"model","parts":[{"thoughtSignature":"T" , "functionCall":{"name":"f","args":{}}}]}"#,
        #"{"role":"model","parts":[{ "functionCall":{"name":"f","args":{}}}]}"#,
        ["thinking_signatures"]
      ),
      (
        #"{"role":"model","parts":[{"text":"","thought":true,"thoughtSignature":"T"}]},{"role":"user"}"#,
        #"{"role":"user"}"#, ["thinking_signatures", "thinking_blocks"]
      ),
      (
        #"{"role":"model","parts":{"text":"a","thoughtSignature":"T"}}"#,
        #"{"role":"model","parts":{"text":"a"}}"#, ["thinking_signatures"]
      ),
      (
        #"{"role":"model","parts":[{"text":"a","thoughtSignature":"QUJD"}]}"#,
        #"{"role":"model","parts":[{"text":"a","thoughtSignature":"QUJD"}]}"#, []
      ),
    ]
    return contents.map { before, after, losses in
      (before.replacing(#""T""#, with: "\"\(token)\""), after, losses)
    }
  }

  @Test(arguments: cases(token))
  func `loses the seals of other vendors`(
    before: String, after: String, losses: [String]
  ) throws {
    let passed = try Self.pass(#"{"contents":[{"parts":[{"text":"q"}]},\#(before)], "x" : 1.0}"#)
    #expect(passed.body == #"{"contents":[{"parts":[{"text":"q"}]},\#(after)], "x" : 1.0}"#)
    #expect(passed.losses == losses)
  }

  @Test func `has its unsigned calls marked for models that refuse them`() throws {
    let old = #"{"role":"model","parts":[{"functionCall":{"name":"a"}}]}"#
    let result = #"{"role":"user","parts":[{"functionResponse":{"name":"a","response":{}}}]}"#
    let question = #"{"role":"user","parts":[{"text":"q"}]}"#
    let signed =
      #"{"role":"model","parts":[{"functionCall":{"name":"b"},"thoughtSignature":"QQ=="},{"functionCall":{"name":"c"}}]}"#
    let foreign =
      #"{"role":"model","parts":[{"text":"x"},{"functionCall":{"name":"d"},"thoughtSignature":"\#(Self.token)"},{"functionCall":{"name":"e"}}]}"#
    let body =
      #"{"contents":[\#([question, old, result, question, signed, result, foreign, result].joined(separator: ","))]}"#
    let passed = try Self.pass(body, model: "gemini-3-pro-preview")
    let marked =
      #"{"role":"model","parts":[{"text":"x"},{"thoughtSignature":"skip_thought_signature_validator","functionCall":{"name":"d"}},{"functionCall":{"name":"e"}}]}"#
    #expect(passed.body == body.replacing(foreign, with: marked))
    #expect(passed.losses == ["thinking_signatures", "thought_signature_skipped"])
  }

  @Test(arguments: ["[]", "null", "1"])
  func `is refused when it is no object`(text: String) {
    #expect(throws: Failure.self) { try Self.pass(text) }
  }
}
