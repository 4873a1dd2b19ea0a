import Testing

@testable import Dialects

@Suite struct `A Responses request that stays in its language` {
  private static func pass(_ json: String, model: String = "m") throws -> PassedRequest {
    try Dialect.responses.codec.passRequest(JSONDocument(json), for: Target(model: model))
  }

  private static func body(_ json: String, model: String = "m") throws -> String {
    String(decoding: try pass(json, model: model).body, as: UTF8.self)
  }

  @Test func `is not touched when nothing has to change`() throws {
    let json =
      " {\n\t\"model\":\"m\", \"previous_response_id\" : \"resp_1\",\"input\":[ {\"type\":"
      + "\"reasoning\",\"summary\":[],\"encrypted_content\":\"gAAAA\"} ],\"x\":1e0 } \n"
    let passed = try Self.pass(json)
    #expect(String(decoding: passed.body, as: UTF8.self) == json)
    #expect(!passed.hidesUsage && passed.losses.isEmpty)
  }

  @Test func `gets the name that the upstream knows, wherever it stands`() throws {
    let json = #"{ "input":[{"model":"a"}], "mo\u0064el" : "a" ,"model":"forbidden"}"#
    #expect(
      try Self.body(json, model: #"b"c"#)
        == #"{ "input":[{"model":"a"}], "mo\u0064el" : "b\"c" ,"model":"b\"c"}"#)
  }

  @Test(arguments: [
    ([true], ""), ([false, true], "N"), ([true, false], "N"), ([true, true, false, true], "N"),
    ([false, true, false], "N, N"),
  ])
  func `leaves out thoughts that another vendor sealed`(
    areForeign: [Bool], kept: String
  ) throws {
    let token = Seal(.anthropic, "signature").token(native: .openai).string
    let foreign = #"{"type":"reasoning","summary":[],"encrypted_content":"\#(token)"}"#
    let native = #"{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAA"}"#
    let items = areForeign.map { $0 ? foreign : native }.joined(separator: ", ")
    let passed = try Self.pass(#"{"model":"m","input":[ \#(items) ]}"#)
    let expected = kept.replacing("N", with: native)
    #expect(
      String(decoding: passed.body, as: UTF8.self)
        == #"{"model":"m","input":[ \#(expected) ]}"#)
    #expect(passed.losses.tags == ["thinking_blocks"])
  }

  @Test(arguments: [
    (#""id":"rs_anyllm_r1_0","#, true, true), ("", true, true), (#""id":"rs_1","#, true, false),
    (#""id":"rs_anyllm_r1_0","#, false, false),
  ])
  func `tells no vendor of thoughts that nobody sealed`(
    id: String, isStrict: Bool, isRemoved: Bool
  ) throws {
    let json = #"{"model":"m","input":[{\#(id)"type":"reasoning","summary":[]},1]}"#
    let target = Target(model: "m", platform: isStrict ? .vendor : .compatible)
    let passed = try Dialect.responses.codec.passRequest(JSONDocument(json), for: target)
    let expected = isRemoved ? #"{"model":"m","input":[1]}"# : json
    #expect(String(decoding: passed.body, as: UTF8.self) == expected)
    #expect(passed.losses.isEmpty != isRemoved)
  }

  @Test func `is refused when it is no object`() throws {
    #expect(throws: Failure.self) { try Self.pass("[1]") }
  }
}

extension String {
  /// The text with each place of a letter taken by another text.
  fileprivate func replacing(_ letter: Character, with text: String) -> String {
    map { $0 == letter ? text : String($0) }.joined()
  }
}
