import Testing

@testable import Dialects
@testable import Gateway

@Suite struct `The class of a request` {
  private func request(_ body: String, _ dialect: Dialect) throws -> IncomingRequest {
    var endpoint = Endpoint(action: .converse, dialect: dialect)
    if [.gemini, .converse].contains(dialect) { endpoint.model = "m" }
    return try IncomingRequest(body: Array(body.utf8), to: endpoint)
  }

  private func classes(_ body: String, _ dialect: Dialect) throws -> [RequestClass] {
    let request = try request(body, dialect)
    return RequestClass.allCases.filter { request.belongs(to: $0, threshold: 1000) }
  }

  static let long = String(repeating: "long ", count: 1000)

  static let cases: [(Dialect, String, [RequestClass])] = [
    (.anthropic, #"{"model":"m","messages":[]}"#, []),
    (
      .anthropic,
      #"{"model":"m","messages":[{"role":"user","content":[{"type":"image","source":{}}]}]}"#,
      [.image]
    ),
    (
      .anthropic,
      #"{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","#
        + #""content":[{"type":"image"}]}]}]}"#, [.image]
    ),
    // What a tool was given may look like anything.
    (
      .anthropic,
      #"{"model":"m","messages":[{"role":"assistant","content":[{"type":"tool_use","#
        + #""input":{"type":"image"}}]}]}"#, []
    ),
    (
      .chat,
      #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#, [.image]
    ),
    (.responses, #"{"model":"m","input":[{"content":[{"type":"input_image"}]}]}"#, [.image]),
    (
      .gemini, #"{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png"}}]}]}"#, [.image]
    ),
    (.gemini, #"{"contents":[{"parts":[{"inlineData":{"mimeType":"audio/wav"}}]}]}"#, []),
    (.converse, #"{"messages":[{"content":[{"image":{"format":"png"}}]}]}"#, [.image]),
    (
      .anthropic, #"{"model":"m","tools":[{"type":"web_search_20250305","name":"web_search"}]}"#,
      [.webSearch]
    ),
    (.chat, #"{"model":"m","web_search_options":{}}"#, [.webSearch]),
    (.gemini, #"{"tools":[{"googleSearch":{}}]}"#, [.webSearch]),
    (.anthropic, #"{"model":"m","thinking":{"type":"adaptive"}}"#, [.think]),
    (.anthropic, #"{"model":"m","thinking":{"type":"disabled"}}"#, []),
    (.chat, #"{"model":"m","reasoning_effort":"low"}"#, [.think]),
    (.chat, #"{"model":"m","reasoning_effort":"none"}"#, []),
    (.responses, #"{"model":"m","reasoning":{"effort":"high"}}"#, [.think]),
    (.gemini, #"{"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}}"#, []),
    (.gemini, #"{"generationConfig":{"thinkingConfig":{"thinkingBudget":-1}}}"#, [.think]),
    (.chat, #"{"model":"m","messages":["\#(long)"]}"#, [.longContext]),
    (.anthropic, #"{"model":"claude-haiku-4-5","messages":[]}"#, [.background]),
    (
      .anthropic,
      #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Warmup"}]}]}"#,
      [.background]
    ),
    (
      .anthropic,
      #"{"model":"m","messages":[],"output_config":{"format":{"schema":{"properties":"#
        + #"{"title":{}}}}}}"#, [.background]
    ),
    (
      .anthropic,
      #"{"model":"m","messages":[],"system":[{"type":"text","text":"Say isNewTopic"}]}"#,
      [.background]
    ),
    (.anthropic, #"{"model":"m","max_tokens":1,"messages":[],"tools":[{"name":"x"}]}"#, []),
  ]

  @Test(arguments: cases)
  func `is seen in every language`(
    dialect: Dialect, body: String, wanted: [RequestClass]
  ) throws {
    #expect(try classes(body, dialect) == wanted, "\(body.prefix(200))")
  }

  @Test func `that comes first has the word, and only where a rule is`() throws {
    let yard = try Switchyard(
      "classes: {web_search: \"b:search\", think: \"b:think\", background: \"c:small\"}\n")
    let both = #""thinking":{"type":"enabled"},"tools":[{"type":"web_search_1","name":"w"}]"#
    #expect(try yard.plan("m", body: both).deployments[0].name == "b:search")
    #expect(
      try yard.plan("x-haiku", body: #""thinking":{"type":"enabled"}"#).deployments[0].name
        == "b:think")
    #expect(
      try yard.plan("x-haiku", body: #""messages":[]"#).deployments[0].name == "c:small")
    #expect(try yard.plan("m", body: #""messages":[]"#).deployments[0].name == "a:m")
    // Who names a backend gets it.
    #expect(try yard.plan("m", prefix: "a", body: both).deployments[0].name == "a:m")
  }
}
