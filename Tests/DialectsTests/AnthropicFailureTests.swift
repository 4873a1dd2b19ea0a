import Testing

@testable import Dialects

struct `Anthropic failures` {
  static let codec = AnthropicCodec()

  static func body(_ type: String, _ message: String) -> [UInt8] {
    Array(
      #"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"},"request_id":"req_up"}"#
        .utf8)
  }

  @Test(arguments: [
    (400, Failure.Kind.invalidRequest, Failure.Retry.never),
    (401, .authentication, .otherDeployment),
    (402, .billing, .otherDeployment), (403, .permission, .otherDeployment),
    (404, .notFound, .otherDeployment), (405, .methodNotAllowed, .never),
    (408, .timeout, .sameDeployment), (409, .invalidRequest, .sameDeployment),
    (413, .tooLarge, .never), (415, .invalidRequest, .never), (422, .invalidRequest, .never),
    (429, .rateLimited, .sameDeployment), (500, .upstream, .sameDeployment),
    (501, .upstream, .sameDeployment), (502, .upstream, .sameDeployment),
    (503, .overloaded, .sameDeployment), (504, .timeout, .sameDeployment),
    (520, .upstream, .sameDeployment), (529, .overloaded, .sameDeployment),
  ])
  func `are judged by their status, and keep it`(
    status: Int, kind: Failure.Kind, retry: Failure.Retry
  ) {
    for body in [Self.body("some_error", "words"), Array("<html>".utf8), []] {
      let failure = Self.codec.decodeFailure(status: status, body)
      #expect(failure.kind == kind && failure.status == status && failure.retry == retry)
      #expect(failure.origin == .upstream && !failure.message.isEmpty)
      #expect(!failure.message.contains("<html>"))
    }
  }

  @Test(arguments: [
    (
      "Input is too long for requested model.",
      "prompt is too long: Input is too long for requested model."
    ),
    ("prompt is too long: 9 tokens > 8 maximum", nil),
    ("input length and `max_tokens` exceed context limit: 9 + 2 > 8", nil),
  ])
  func `of a prompt that does not fit are told in the words that clients know`(
    words: String, told: String?
  ) {
    let body = Self.body("invalid_request_error", words)
    let failure = Self.codec.decodeFailure(status: 400, body)
    #expect(failure.kind == .contextOverflow)
    let shown = String(
      decoding: Self.codec.encodeFailure(failure, requestID: "r"), as: UTF8.self)
    #expect(shown.contains(#""message":"\#(told ?? words)""#))
  }

  @Test func `keep message, type and the upstream's own bytes`() {
    let body = Self.body("invalid_request_error", "messages.1: bad \\\"thing\\\"")
    let failure = Self.codec.decodeFailure(status: 400, body)
    #expect(failure.message == "messages.1: bad \"thing\"")
    #expect(failure.code == "invalid_request_error")
    #expect(failure.verbatim == body)
    #expect(Self.codec.encodeFailure(failure, requestID: "req_own") == body)
  }

  @Test func `never show another language's bytes as their own`() throws {
    let chat = Array(#"{"error":{"message":"m","type":"server_error","code":null}}"#.utf8)
    let failure = Failure(.upstream, origin: .upstream, status: 500, "m", verbatim: chat)
    let root = try JSONDocument(Self.codec.encodeFailure(failure, requestID: "r")).root
    #expect(
      JSONShape(root).description
        == "{error: {message: 'm', type: 'api_error'}, request_id: 'r', type: 'error'}")
    #expect(Self.codec.decodeFailure(status: 500, chat).verbatim == nil)
  }

  @Test(arguments: [
    (Failure.Kind.invalidRequest, "invalid_request_error"),
    (.methodNotAllowed, "invalid_request_error"),
    (.contentFiltered, "invalid_request_error"), (.contextOverflow, "invalid_request_error"),
    (.authentication, "authentication_error"), (.billing, "billing_error"),
    (.permission, "permission_error"), (.notFound, "not_found_error"),
    (.tooLarge, "request_too_large"), (.rateLimited, "rate_limit_error"),
    (.timeout, "timeout_error"),
    (.overloaded, "overloaded_error"), (.unreachable, "api_error"), (.cut, "api_error"),
    (.upstream, "api_error"), (.internal, "api_error"),
  ])
  func `are dressed in Anthropic's types`(kind: Failure.Kind, type: String) throws {
    let failure = Failure(kind, origin: .proxy, status: 418, "line\n\"quoted\"")
    let root = try JSONDocument(Self.codec.encodeFailure(failure, requestID: "req_1")).root
    #expect(root["type"]?.string == "error" && root["error"]?["type"]?.string == type)
    #expect(root["error"]?["message"]?.string?.hasSuffix("line\n\"quoted\"") == true)
    #expect(root["request_id"]?.string == "req_1")
  }

  @Test(arguments: [
    "prompt is too long: 208423 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length",
  ])
  func `of a prompt that does not fit are known`(message: String) {
    let failure = Self.codec.decodeFailure(
      status: 400, Self.body("invalid_request_error", message))
    #expect(failure.kind == .contextOverflow && failure.retry == .never)
  }

  @Test(arguments: [
    (
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130512 tokens (130000 in the messages, 512 in the completion).",
      "prompt is too long: 130512 tokens > 128000 maximum"
    ),
    (
      "the request exceeds the available context size (4096 tokens), try increasing it; it has 5000",
      "prompt is too long: 5000 tokens > 4096 maximum"
    ),
    (
      "Requested 9001 tokens, which is more than the limit of 8192",
      "prompt is too long: 9001 tokens > 8192 maximum"
    ),
    (
      "prompt is too long: 208423 tokens > 200000 maximum",
      "prompt is too long: 208423 tokens > 200000 maximum"
    ),
    (
      "Your input exceeds the context window",
      "prompt is too long: Your input exceeds the context window"
    ),
    (
      "model gpt4 from 99999999999999999999",
      "prompt is too long: model gpt4 from 99999999999999999999"
    ),
  ])
  func `say in Claude Code's words that a prompt does not fit`(
    message: String, expected: String
  ) throws {
    let failure = Failure(.contextOverflow, origin: .upstream, status: 400, message)
    let root = try JSONDocument(Self.codec.encodeFailure(failure, requestID: "r")).root
    #expect(root["error"]?["message"]?.string == expected)
  }

  @Test func `tell an empty account from a busy one`() {
    let credit = Self.body(
      "invalid_request_error", "Your credit balance is too low to access the Anthropic API.")
    #expect(Self.codec.decodeFailure(status: 400, credit).kind == .billing)
    let limit = Self.body("billing_error", "spend limit reached")
    let failure = Self.codec.decodeFailure(status: 429, limit)
    #expect(failure.kind == .billing && failure.status == 429 && failure.retry == .otherDeployment)
  }
}
