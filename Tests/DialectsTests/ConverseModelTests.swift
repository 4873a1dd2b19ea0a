import Testing

@testable import Dialects

struct `A request, written for a model in Bedrock` {
  @Test(arguments: [
    (
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      #"{"thinking":{"type":"enabled","budget_tokens":2048}}"#, "-"
    ),
    (
      "us.anthropic.claude-opus-4-7-v1", #"{"thinking":{"type":"adaptive"}}"#,
      #"{"effort":"medium"}"#
    ),
    (
      "us.amazon.nova-2-lite-v1:0",
      #"{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"medium"}}"#, "-"
    ),
    ("openai.gpt-oss-120b-1:0", #"{"reasoning_effort":"medium"}"#, "-"),
  ])
  func `thinks in the words of its model`(
    model: String, fields: String, output: String
  ) throws {
    let request = try ConverseRequest.chat(
      ConverseRequest.question, #","reasoning_effort":"medium""#, model: model)
    #expect(request["additionalModelRequestFields"] == fields)
    #expect(request["outputConfig"] == output)
    #expect(request.losses.isEmpty)
  }

  @Test func `does not think where its model cannot`() throws {
    let request = try ConverseRequest.chat(
      ConverseRequest.question, #","reasoning_effort":"high","top_k":5,"seed":1"#,
      model: "mistral.mistral-large-2402-v1:0")
    #expect(request["additionalModelRequestFields"] == "-")
    #expect(request.losses.contains("thinking_config"))
    #expect(request.losses.contains("top_k"))
    #expect(request.losses.contains("seed"))
  }

  @Test(arguments: [
    (100, 5000, #"{"type":"enabled","budget_tokens":1024}"#, []),
    (9000, 5000, #"{"type":"enabled","budget_tokens":4999}"#, []),
    (2000, 1024, "-", ["thinking_config"]),
  ])
  func `keeps a budget for thinking within its bounds`(
    budget: Int, limit: Int, expected: String, losses: [String]
  ) throws {
    let request = try ConverseRequest(
      #"{"model":"c","max_tokens":\#(limit),"messages":[\#(ConverseRequest.question)],"#
        + #""thinking":{"type":"enabled","budget_tokens":\#(budget)}}"#, from: .anthropic)
    #expect(request["additionalModelRequestFields", "thinking"] == expected)
    #expect(request.losses == losses)
  }

  @Test func `has a limit for thinking and answer together`() throws {
    let request = try ConverseRequest.chat(
      ConverseRequest.question, #","reasoning_effort":"high","temperature":0.2"#)
    #expect(request["inferenceConfig"] == #"{"maxTokens":8192}"#)
    #expect(request.losses == ["temperature"])
  }

  @Test func `asks for an answer by schema`() throws {
    let request = try ConverseRequest.chat(
      ConverseRequest.question,
      #","response_format":{"type":"json_schema","json_schema":{"name":"p","schema":{"type":"#
        + #""object","properties":{"n":{"type":"integer","minimum":1}}}}}"#)
    let format = try #require(request.root["outputConfig"]?["textFormat"])
    #expect(format["type"]?.string == "json_schema")
    let own = try #require(format["structure"]?["jsonSchema"])
    #expect(own["name"]?.string == "p")
    let schema = try JSONDocument(try #require(own["schema"]?.string)).root
    #expect(schema["additionalProperties"]?.bool == false)
    #expect(schema["properties"]?["n"]?["minimum"] == nil)
    let loose = try ConverseRequest.chat(
      ConverseRequest.question, #","response_format":{"type":"json_object"}"#)
    #expect(loose["outputConfig"] == "-")
    #expect(loose.losses == ["response_format"])
  }

  @Test(arguments: [
    ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", true, []),
    ("anthropic.claude-3-5-sonnet-20240620-v1:0", false, ["strict", "response_format"]),
    ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", true, []),
    ("qwen.qwen3-32b-v1:0", true, []),
  ])
  func `has schemas where its model knows them`(
    model: String, isStrict: Bool, losses: [String]
  ) throws {
    let request = try ConverseRequest.chat(
      ConverseRequest.question,
      #","tools":[{"type":"function","function":{"name":"f","strict":true}}],"response_format":"#
        + #"{"type":"json_schema","json_schema":{"name":"p","schema":{"type":"object"}}}"#,
      model: model)
    #expect(request["toolConfig"].contains("strict") == isStrict)
    #expect((request["outputConfig"] != "-") == isStrict)
    #expect(request.losses == losses)
  }

  @Test(arguments: [
    ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", #"{"any":{}}"#, []),
    ("anthropic.claude-opus-5-5", "-", ["tool_choice"]),
    ("meta.llama3-3-70b-instruct-v1:0", "-", ["tool_choice"]),
  ])
  func `forces no calls where its model refuses`(
    model: String, choice: String, losses: [String]
  ) throws {
    let request = try ConverseRequest.chat(
      ConverseRequest.question,
      #","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required""#,
      model: model)
    #expect(request["toolConfig", "toolChoice"] == choice)
    #expect(request.losses == losses)
  }

  @Test func `shows no images to a model without eyes`() throws {
    let request = try ConverseRequest.chat(
      #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"#
        + #""data:image/png;base64,iVBO"}}]}"#, model: "qwen.qwen3-coder-next")
    #expect(request["messages"].contains("An image was left out"))
    #expect(request.losses == ["image_blocks"])
  }
}
