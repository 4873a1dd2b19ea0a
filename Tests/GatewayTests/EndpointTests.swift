import Testing

@testable import Dialects
@testable import Gateway
@testable import Transport

@Suite struct `An endpoint` {
  private func endpoint(
    _ method: String, _ path: String, _ fields: HTTPFields = HTTPFields(),
    backends: [Settings.Backend] = [.demo]
  ) -> Endpoint {
    Endpoint(
      RequestHead(method: method, path: path, fields: fields, peer: .ip("127.0.0.1", port: 1)),
      backends: backends)
  }

  @Test(arguments: [
    ("POST", "/v1/messages", Endpoint.Action.converse, Dialect.anthropic),
    ("POST", "/v1/messages/", .converse, .anthropic),
    ("POST", "/v1/messages/count_tokens", .countTokens, .anthropic),
    ("POST", "/v1/chat/completions", .converse, .chat),
    ("GET", "/health", .health, .chat),
    ("HEAD", "/healthz", .health, .chat),
    ("HEAD", "/api/hello", .hello, .anthropic),
    ("GET", "/v1/models", .listModels, .chat),
    ("GET", "/v1/models/a%2Fb", .showModel("a/b"), .chat),
    ("GET", "/v1/messages", .wrongMethod(allowed: "POST"), .anthropic),
    ("DELETE", "/v1/chat/completions", .wrongMethod(allowed: "POST"), .chat),
    ("POST", "/v2/messages", .unknown, .chat),
    ("POST", "/v1/messages/batches", .unknown, .anthropic),
    ("POST", "/nobody/v1/messages", .unknown, .anthropic),
  ])
  func `is recognised by method and path`(
    method: String, path: String, action: Endpoint.Action, dialect: Dialect
  ) {
    let found = endpoint(method, path)
    #expect(found.action == action)
    #expect(found.dialect == dialect)
    #expect(found.backend == nil)
  }

  @Test(arguments: [
    ("/v1beta/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro", Dialect.gemini, false),
    ("/v1/models/a.b-c:streamGenerateContent", "a.b-c", .gemini, true),
    ("/v1beta/models/x:y:streamGenerateContent", "x:y", .gemini, true),
    (
      "/v1/projects/p/locations/l/publishers/google/models/g:generateContent", "g", .gemini,
      false
    ),
    (
      "/v1/projects/p/locations/l/publishers/anthropic/models/c@1:streamRawPredict", "c@1",
      .anthropic, true
    ),
    ("/model/us.anthropic.claude-v1%3A0/converse", "us.anthropic.claude-v1:0", .converse, false),
    ("/model/a/converse-stream", "a", .converse, true),
    ("/model/a/invoke", "a", .anthropic, false),
    ("/model/arn:aws:x/y/invoke-with-response-stream", "arn:aws:x/y", .anthropic, true),
  ])
  func `takes model and streaming from the paths of the clouds`(
    path: String, model: String, dialect: Dialect, streams: Bool
  ) {
    let found = endpoint("POST", path)
    #expect(found.action == .converse)
    #expect(found.model == model)
    #expect(found.dialect == dialect)
    #expect(found.streams == streams)
  }

  @Test(arguments: [
    ("/v1beta/models/g:countTokens", Endpoint.Action.countTokens, Dialect.gemini),
    ("/model/a/count-tokens", .countTokens, .converse),
    (
      "/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict",
      .countTokens, .anthropic
    ),
    ("/v1beta/models/g:dance", .unknown, .gemini),
    ("/model/a/dance", .unknown, .converse),
    ("/model/converse", .unknown, .converse),
    ("/v1beta/models/g:embedContent", .passThrough(path: "/models/g:embedContent"), .gemini),
    ("/v1/responses/input_tokens", .countTokens, .responses),
    ("/v1/responses/resp_1/cancel", .storedResponse(.cancel("resp_1")), .responses),
    ("/v1/responses/resp_1/dance", .unknown, .responses),
    ("/anthropic/v1/messages", .converse, .anthropic),
  ])
  func `of a cloud is recognised, or refused in the language of its path`(
    path: String, action: Endpoint.Action, dialect: Dialect
  ) {
    #expect(endpoint("POST", path).action == action)
    #expect(endpoint("POST", path).dialect == dialect)
  }

  @Test func `lists models to every client in its own way`() {
    #expect(endpoint("GET", "/v1beta/models").dialect == .gemini)
    let paged = RequestHead(
      method: "GET", path: "/v1/models", query: "pageSize=50&key=k",
      peer: .ip("127.0.0.1", port: 1))
    #expect(Endpoint(paged, backends: []).action == .listModels)
    #expect(Endpoint(paged, backends: []).dialect == .gemini)
    #expect(endpoint("GET", "/v1beta/models/g").action == .showModel("g"))
    #expect(endpoint("GET", "/v1/models/llama3:8b").action == .showModel("llama3:8b"))
    #expect(endpoint("GET", "/inference-profiles").action == .listProfiles)
  }

  @Test func `streams Gemini as events only when asked`() {
    let path = "/v1beta/models/g:streamGenerateContent"
    #expect(endpoint("POST", path).framing == .jsonArray)
    let head = RequestHead(
      method: "POST", path: path, query: "key=k&alt=sse", peer: .ip("127.0.0.1", port: 1))
    #expect(Endpoint(head, backends: []).framing == .bare)
  }

  @Test func `may name a backend before its path`() {
    let found = endpoint("POST", "/demo/v1/messages")
    #expect(found.action == .converse)
    #expect(found.backend == "demo")
  }

  @Test func `speaks Anthropic on shared paths to a caller that does`() {
    #expect(
      endpoint("GET", "/v1/models", ["anthropic-version": "2023-06-01"]).dialect == .anthropic)
    #expect(endpoint("GET", "/v1/models", ["Authorization": "Bearer x"]).dialect == .chat)
  }

  @Test func `tells a WebSocket upgrade from a path that does not exist`() {
    #expect(endpoint("GET", "/v1/responses", ["Upgrade": "websocket"]).action == .upgrade)
    #expect(endpoint("GET", "/v1/responses").action == .wrongMethod(allowed: "POST"))
  }
}
