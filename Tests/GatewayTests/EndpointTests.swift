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
    #expect(endpoint("GET", "/v1/responses").action == .unknown)
  }
}
