import Testing

@testable import Dialects

@Suite struct `A Chat request that stays in its language` {
  private static func pass(
    _ json: String, model: String = "m", omitsStreamOptions: Bool = false
  ) throws -> (body: String, hidesUsage: Bool) {
    let target = Target(
      model: model, quirks: omitsStreamOptions ? [.omitStreamOptions] : [])
    let passed = try Dialect.chat.codec.passRequest(JSONDocument(json), for: target)
    return (String(decoding: passed.body, as: UTF8.self), passed.hidesUsage)
  }

  @Test func `is not touched when nothing has to change`() throws {
    let json = " {\n\t\"seed\" : 1e0, \"model\":\"m\",\"x\":[ ],\"model_x\":\"k\" } \n"
    let (body, hides) = try Self.pass(json)
    #expect(body == json)
    #expect(!hides)
  }

  @Test func `gets the name that the upstream knows`() throws {
    let json = #"{ "messages":[{"model":"a"}], "mo\u0064el" : "a" ,"n":1}"#
    let (body, _) = try Self.pass(json, model: #"b"c"#)
    #expect(body == #"{ "messages":[{"model":"a"}], "mo\u0064el" : "b\"c" ,"n":1}"#)
  }

  @Test func `cannot name a second model behind the first`() throws {
    let (body, _) = try Self.pass(#"{"model":"a","model":"forbidden"}"#, model: "b")
    #expect(body == #"{"model":"b","model":"b"}"#)
  }

  @Test(arguments: [
    (
      #"{"model":"m","stream":true }"#,
      #"{"model":"m","stream":true ,"stream_options":{"include_usage":true}}"#, true
    ),
    (
      #"{"stream":true,"stream_options":null,"model":"m"}"#,
      #"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#, true
    ),
    (
      #"{"stream":true,"stream_options":{},"model":"m"}"#,
      #"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#, true
    ),
    (
      #"{"stream":true,"stream_options":{ "x":1},"model":"m"}"#,
      #"{"stream":true,"stream_options":{"include_usage":true, "x":1},"model":"m"}"#, true
    ),
    (
      #"{"stream":true,"stream_options":{"include_usage":false},"model":"m"}"#,
      #"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#, true
    ),
    (
      #"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#,
      #"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#, false
    ),
    (#"{"stream":false,"model":"m"}"#, #"{"stream":false,"model":"m"}"#, false),
  ])
  func `asks for usage in a stream`(json: String, expected: String, hides: Bool) throws {
    let passed = try Self.pass(json)
    #expect(passed.body == expected)
    #expect(passed.hidesUsage == hides)
  }

  @Test(arguments: [
    (#"{"model":"m","stream":true}"#, #"{"model":"m","stream":true}"#),
    (
      #"{"model":"m" , "stream_options":{"a":[1,2]} ,"stream":true}"#,
      #"{"model":"m" ,"stream":true}"#
    ),
    (#"{ "stream_options": {} , "model":"m"}"#, #"{ "model":"m"}"#),
    (#"{"stream_options":null}"#, #"{}"#),
    (#"{"model":"m","stream_options":{}}"#, #"{"model":"m"}"#),
  ])
  func `leaves stream options out where they are refused`(json: String, expected: String) throws {
    let passed = try Self.pass(json, omitsStreamOptions: true)
    #expect(passed.body == expected)
    #expect(!passed.hidesUsage)
  }
}
