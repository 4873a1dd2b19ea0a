import Testing

@testable import Dialects

struct `A Messages body in a cloud's envelope` {
  private static func open(
    _ text: String, model: String? = "m:0", streams: Bool = true
  ) throws -> (body: String, betas: String?) {
    let letter = try AnthropicEnvelope.open(JSONDocument(text), model: model, streams: streams)
    return (String(decoding: letter.body, as: UTF8.self), letter.betaHeader)
  }

  private static func seal(
    _ text: String, _ cloud: AnthropicEnvelope.Cloud, betas: [String] = [],
    keepsModel: Bool = false
  ) throws -> (body: String, betas: String?) {
    let letter = try AnthropicEnvelope.seal(
      JSONDocument(text), for: cloud, betas: betas, keepsModel: keepsModel)
    return (String(decoding: letter.body, as: UTF8.self), letter.betaHeader)
  }

  @Test(
    arguments: [
      (
        #"{"anthropic_version":"bedrock-2023-05-31","max_tokens":1.0,"messages":[ ]}"#,
        #"{"model":"m:0","stream":true,"max_tokens":1.0,"messages":[ ]}"#, nil
      ),
      (
        #" { "a" : 1 , "anthropic_version":"x" , "b":2, "anthropic_beta":["p","q"] } "#,
        #" {"model":"m:0","stream":true, "a" : 1 , "b":2 } "#, "p,q"
      ),
      (
        #"{"model":"other","mod\u0065l":"again","\u0073tream":false,"stream":1}"#,
        #"{"model":"m:0","stream":true}"#, nil
      ),
      (
        #"{"anthropic_beta":["p"],"x":{"model":1},"anthropic\u005fbeta":["p","q"]}"#,
        #"{"model":"m:0","stream":true,"x":{"model":1}}"#, "p,q"
      ),
      (#"{"anthropic_beta":"p, q","x":1}"#, #"{"model":"m:0","stream":true,"x":1}"#, "p,q"),
      (#"{"anthropic_beta":null,"x":1}"#, #"{"model":"m:0","stream":true,"x":1}"#, nil),
      ("{}", #"{"model":"m:0","stream":true}"#, nil),
    ] as [(String, String, String?)])
  func `is taken out with every other byte as it was`(
    text: String, body: String, betas: String?
  ) throws {
    let opened = try Self.open(text)
    #expect(opened.body == body)
    #expect(opened.betas == betas)
  }

  @Test func `is not streamed unless the path says so, and may keep its model`() throws {
    let text = #"{"stream":true,"model":"m","a":1}"#
    #expect(try Self.open(text, streams: false).body == #"{"model":"m:0","a":1}"#)
    #expect(try Self.open(text, model: nil, streams: false).body == #"{"model":"m","a":1}"#)
    #expect(try Self.open("{ }", model: nil, streams: false).body == "{ }")
    #expect(try Self.open("{}", model: "a\"\n", streams: false).body == #"{"model":"a\"\n"}"#)
  }

  @Test(
    arguments: [
      (
        #"{"model":"m","stream":true,"a":1E2}"#, AnthropicEnvelope.Cloud.bedrock,
        #"{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["p","q"],"a":1E2}"#, nil
      ),
      (
        #"{"model":"m","stream":true,"a":1E2}"#, .vertex,
        #"{"anthropic_version":"vertex-2023-10-16","stream":true,"a":1E2}"#, "p,q"
      ),
      (
        #"{ "a":1, "anthropic_version":"own", "model":"m" }"#, .vertex,
        #"{ "a":1, "anthropic_version":"own" }"#, "p,q"
      ),
      (
        #"{"anthropic_beta":["q","r"],"model":"m","mod\u0065l":"n"}"#, .bedrock,
        #"{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["p","q","r"]}"#, nil
      ),
      (
        #"{"anthropic_beta":["q","r"],"anthropic_version":null}"#, .vertex,
        #"{"anthropic_version":"vertex-2023-10-16"}"#, "p,q,r"
      ),
    ] as [(String, AnthropicEnvelope.Cloud, String, String?)])
  func `is put in with every other byte as it was`(
    text: String, cloud: AnthropicEnvelope.Cloud, body: String, betas: String?
  ) throws {
    let sealed = try Self.seal(text, cloud, betas: ["p", "q"])
    #expect(sealed.body == body)
    #expect(sealed.betas == betas)
  }

  @Test func `needs no betas, and keeps its model where the path has none`() throws {
    let text = #"{"model":"m"}"#
    #expect(
      try Self.seal(text, .bedrock).body == #"{"anthropic_version":"bedrock-2023-05-31"}"#)
    let counted = try Self.seal(text, .vertex, keepsModel: true)
    #expect(counted.body == #"{"anthropic_version":"vertex-2023-10-16","model":"m"}"#)
    #expect(counted.betas == nil)
  }

  @Test(arguments: AnthropicFixtures.requests)
  func `comes back as it went`(name: String) throws {
    let bytes = try AnthropicFixtures.bytes("requests", name)
    let document = try JSONDocument(bytes)
    let model = try #require(document.root["model"]?.string)
    let streams = document.root["stream"]?.bool ?? false
    let sealed = try AnthropicEnvelope.seal(document, for: .bedrock, betas: ["p"])
    let there = try JSONDocument(sealed.body)
    #expect(there.root["model"] == nil && there.root.member("stream") == nil)
    let opened = try AnthropicEnvelope.open(there, model: model, streams: streams)
    #expect(opened.betas == ["p"])
    let back = try JSONDocument(opened.body)
    for (name, value) in document.root.members where name.string != "stream" {
      let same = back.root.members.first { $0.name == name }
      #expect(same?.value.raw == value.raw)
    }
    #expect(back.root["stream"]?.bool ?? false == streams)
  }

  @Test(arguments: [
    "[]", "null", #"{"anthropic_beta":5}"#, #"{"anthropic_beta":[1]}"#,
    #"{"anthropic_beta":["a b"]}"#,
    #"{"anthropic_beta":["a\r\nx: y"]}"#, #"{"anthropic_beta":[""]}"#,
    #"{"anthropic_beta":["a,b"]}"#,
  ])
  func `is refused when it holds what no header can`(text: String) {
    #expect(throws: Failure.self) { try Self.open(text) }
    #expect(throws: Failure.self) { try Self.seal(text, .vertex) }
  }

  @Test func `is asked for betas by a header`() {
    #expect(AnthropicEnvelope.betas(inHeader: " a, b ,,c\t") == ["a", "b", "c"])
    #expect(AnthropicEnvelope.betas(inHeader: "").isEmpty)
  }

  @Test(
    arguments: [
      (429, "ThrottlingException:http://internal.amazon.com/x", "rate_limit_error"),
      (403, "com.amazon.coral.service#AccessDeniedException", "permission_error"),
      (403, "UnrecognizedClientException", "authentication_error"), (404, nil, "not_found_error"),
      (424, "ModelErrorException", "api_error"),
      (429, "ModelNotReadyException", "overloaded_error"),
      (400, "ValidationException", "invalid_request_error"), (418, nil, "invalid_request_error"),
      (500, nil, "api_error"), (503, "", "overloaded_error"),
    ] as [(Int, String?, String)])
  func `is refused in Anthropic's words`(status: Int, name: String?, type: String) {
    for member in ["message", "Message"] {
      let body = AnthropicEnvelope.openRefusal(
        status: status, errorType: name, Array(#"{"\#(member)":"no \"luck\""}"#.utf8))
      #expect(
        String(decoding: body, as: UTF8.self)
          == #"{"type":"error","error":{"type":"\#(type)","message":"no \"luck\""}}"#)
      let failure = AnthropicCodec().decodeFailure(status: status, body)
      #expect(failure.status == status && failure.message == "no \"luck\"")
      #expect(failure.code == type)
    }
  }

  @Test func `is refused as it was where nothing is to be translated`() {
    for text in [
      #"{"type":"error","error":{"type":"x","message":"y"},"message":"z"}"#, "", "{}", "<html>",
    ] {
      let body = AnthropicEnvelope.openRefusal(status: 400, errorType: nil, Array(text.utf8))
      #expect(String(decoding: body, as: UTF8.self) == text)
    }
  }

  @Test func `is refused by the type in the body where no field says it`() {
    let body = AnthropicEnvelope.openRefusal(
      status: 400, errorType: nil,
      Array(#"{"__type":"com.amazon#ThrottlingException","message":"x"}"#.utf8))
    #expect(String(decoding: body, as: UTF8.self).contains("rate_limit_error"))
  }
}
