import Testing

@testable import Dialects

@Suite struct `A Chat upstream's refusal` {
  private static func decode(_ status: Int, _ body: String) -> Failure {
    Dialect.chat.codec.decodeFailure(status: status, Array(body.utf8))
  }

  private static func error(
    _ message: String, type: String = "invalid_request_error", code: String = "null"
  ) -> String {
    #"{"error":{"message":"\#(message)","type":"\#(type)","param":null,"code":\#(code)}}"#
  }

  @Test(arguments: [
    (400, Failure.Kind.invalidRequest, Failure.Retry.never),
    (401, .authentication, .otherDeployment),
    (402, .billing, .otherDeployment), (403, .permission, .otherDeployment),
    (404, .notFound, .otherDeployment), (405, .methodNotAllowed, .never),
    (408, .timeout, .sameDeployment), (409, .invalidRequest, .sameDeployment),
    (413, .tooLarge, .never),
    (422, .invalidRequest, .never), (429, .rateLimited, .sameDeployment),
    (500, .upstream, .sameDeployment), (502, .upstream, .sameDeployment),
    (503, .overloaded, .sameDeployment), (504, .timeout, .sameDeployment),
    (529, .overloaded, .sameDeployment), (599, .upstream, .sameDeployment),
  ])
  func `is judged by its status, which stays`(
    status: Int, kind: Failure.Kind, retry: Failure.Retry
  ) {
    let failure = Self.decode(status, Self.error("Something."))
    #expect(failure.kind == kind)
    #expect(failure.retry == retry)
    #expect(failure.status == status)
    #expect(failure.origin == .upstream)
    #expect(failure.message == "Something.")
  }

  @Test(arguments: [
    (400, "This model's maximum context length is 8192 tokens.", #""context_length_exceeded""#),
    (400, "the request exceeds the available context size, try increasing it", "400"),
    (400, "This model's maximum prompt length is 131072 but the request has 200000", "null"),
    (500, "The number of tokens to keep is greater than the context length", "null"),
    (413, "prompt is too long: 210000 tokens > 200000 maximum", "null"),
    (422, "The input token count (1500000) exceeds the maximum", "null"),
    (400, "Please reduce the length of the messages.", "null"),
  ])
  func `that the prompt does not fit is told as 400`(status: Int, message: String, code: String) {
    let failure = Self.decode(status, Self.error(message, code: code))
    #expect(failure.kind == .contextOverflow)
    #expect(failure.status == 400)
    #expect(failure.retry == .never)
  }

  @Test(arguments: [
    (400, "'max_tokens' is too large: 99999. This model's maximum context length is 4096 tokens"),
    (400, "temperature must be below 2"), (429, "too many tokens per minute"),
  ])
  func `of another kind is not taken for that`(status: Int, message: String) {
    #expect(Self.decode(status, Self.error(message)).kind != .contextOverflow)
  }

  @Test func `for want of money is no rate limit`() {
    let failure = Self.decode(
      429,
      Self.error(
        "You exceeded your quota.", type: "insufficient_quota",
        code: #""insufficient_quota""#))
    #expect(failure.kind == .billing)
    #expect(failure.retry == .otherDeployment)
    #expect(failure.code == "insufficient_quota")
  }

  @Test func `of a filter is the client's affair`() {
    let failure = Self.decode(400, Self.error("Filtered.", code: #""content_filter""#))
    #expect(failure.kind == .contentFiltered)
    #expect(failure.retry == .never)
  }

  @Test func `keeps its code, its parameter and its own bytes`() {
    let body = #"{"error":{"message":"m","type":"t","param":"messages[0]","code":"c"}}"#
    let failure = Self.decode(400, body)
    #expect(failure.code == "c")
    #expect(failure.parameter == "messages[0]")
    #expect(failure.verbatim == Array(body.utf8))
  }

  @Test(arguments: [
    (#"{"error":"plain words"}"#, "plain words"), (#"{"message":"flat","code":40}"#, "flat"),
    (#"{"detail":"not here"}"#, "not here"),
    (#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#, "field required"),
    (#"[{"error":{"code":400,"message":"in a list"}}]"#, "in a list"),
    (#"{"error":{"message":"outer","metadata":{"raw":"inner"}}}"#, "outer: inner"),
    ("", "The upstream answered 400 with an empty body."),
    ("<html>Bad</html>", "The upstream answered 400 with a body that is no error message."),
    (#"{"x":1}"#, "The upstream answered 400 with a body that is no error message."),
    ("no such route", "The upstream answered 400: no such route"),
  ])
  func `is understood in any of the servers' shapes`(body: String, message: String) {
    #expect(Self.decode(400, body).message == message)
  }

  @Test(arguments: [
    ("Rate limit reached. Please try again in 20s.", 20),
    ("Please try again in 1m2.5s. Visit", 63), ("Try again in 250ms.", 1),
    ("Please retry after 26 seconds.", 26), ("Please retry in 1.5s", 2), ("try again in 6m0s", 360),
    ("Please try again later", nil), ("try again in a while", nil),
    ("try again in 99999999999h", 86_400),
  ])
  func `may say when to come again`(message: String, seconds: Int?) {
    #expect(Self.decode(429, Self.error(message)).retryAfterSeconds == seconds)
  }

  @Test(
    arguments: [
      (Failure.Kind.invalidRequest, 400, "invalid_request_error", nil),
      (.authentication, 401, "invalid_request_error", "invalid_api_key"),
      (.billing, 429, "insufficient_quota", "insufficient_quota"),
      (.permission, 403, "permission_error", nil), (.notFound, 404, "invalid_request_error", nil),
      (.methodNotAllowed, 405, "invalid_request_error", nil),
      (.tooLarge, 413, "invalid_request_error", nil),
      (.contextOverflow, 400, "invalid_request_error", "context_length_exceeded"),
      (.contentFiltered, 400, "invalid_request_error", "content_filter"),
      (.rateLimited, 429, "rate_limit_error", "rate_limit_exceeded"),
      (.timeout, 504, "server_error", "timeout"),
      (.overloaded, 503, "server_error", "server_is_overloaded"),
      (.unreachable, 502, "server_error", nil), (.cut, 502, "server_error", "upstream_cut"),
      (.upstream, 500, "server_error", nil), (.internal, 500, "server_error", nil),
    ] as [(Failure.Kind, Int, String, String?)])
  func `reaches the client in OpenAI's shape`(
    kind: Failure.Kind, status: Int, type: String, code: String?
  ) {
    let failure = Failure(kind, origin: .upstream, status: status, "It \"broke\".")
    let body = Dialect.chat.codec.encodeFailure(failure, requestID: "r")
    let shown = code.map { "\"\($0)\"" } ?? "null"
    #expect(
      String(decoding: body, as: UTF8.self)
        == #"{"error":{"message":"It \"broke\".","type":"\#(type)","param":null,"code":\#(shown)}}"#
    )
  }

  @Test func `keeps the code and the parameter that came with it`() {
    let failure = Failure(
      .invalidRequest, origin: .client, status: 400, "m", code: "c", parameter: "p")
    #expect(
      String(decoding: Dialect.chat.codec.encodeFailure(failure, requestID: "r"), as: UTF8.self)
        == #"{"error":{"message":"m","type":"invalid_request_error","param":"p","code":"c"}}"#)
  }
}
