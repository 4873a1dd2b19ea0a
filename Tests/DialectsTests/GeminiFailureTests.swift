import Testing

@testable import Dialects

struct `A refusal of Gemini` {
  private static let codec = GeminiCodec()

  private static func body(_ message: String, _ status: String, _ details: String = "") -> String {
    #"{"error":{"code":1,"message":"\#(message)","status":"\#(status)"\#(details)}}"#
  }

  private static let refusals:
    [(status: Int, body: String, kind: Failure.Kind, retry: Failure.Retry)] = [
      (400, body("Invalid JSON payload", "INVALID_ARGUMENT"), .invalidRequest, .never),
      (
        400,
        body(
          "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
          "INVALID_ARGUMENT"), .contextOverflow, .never
      ),
      (
        400,
        body(
          "API key not valid.", "INVALID_ARGUMENT",
          #","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]"#
        ),
        .authentication, .otherDeployment
      ),
      (
        400, body("User location is not supported for the API use.", "FAILED_PRECONDITION"),
        .invalidRequest, .otherDeployment
      ),
      (
        401, body("Request had invalid credentials.", "UNAUTHENTICATED"), .authentication,
        .otherDeployment
      ),
      (403, body("No access.", "PERMISSION_DENIED"), .permission, .otherDeployment),
      (404, body("models/x is not found", "NOT_FOUND"), .notFound, .otherDeployment),
      (429, body("Quota", "RESOURCE_EXHAUSTED"), .rateLimited, .sameDeployment),
      (500, body("An internal error", "INTERNAL"), .upstream, .sameDeployment),
      (503, body("The model is overloaded", "UNAVAILABLE"), .overloaded, .sameDeployment),
      (504, body("Deadline expired", "DEADLINE_EXCEEDED"), .timeout, .sameDeployment),
      (502, "<html>", .upstream, .sameDeployment), (500, "", .upstream, .sameDeployment),
    ]

  @Test(arguments: refusals)
  func `is understood`(
    status: Int, body: String, kind: Failure.Kind, retry: Failure.Retry
  ) throws {
    for body in [body, "[\(body)]"] where body != "[]" {
      let failure = Self.codec.decodeFailure(status: status, Array(body.utf8))
      #expect(failure.kind == kind && failure.retry == retry && failure.origin == .upstream)
      #expect(failure.status == status && !failure.message.isEmpty)
    }
  }

  @Test(arguments: [
    (
      #""message":"m","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.2s"}]"#,
      35
    ),
    (#""message":"Please retry in 12.5s."}"#.dropLast().description, 13),
    (#""message":"m""#, nil),
  ])
  func `says when to come back`(members: String, seconds: Int?) {
    let body = #"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED",\#(members)}}"#
    let failure = Self.codec.decodeFailure(status: 429, Array(body.utf8))
    #expect(failure.retryAfterSeconds == seconds)
  }

  private static let own: [(kind: Failure.Kind, status: Int, word: String)] = [
    (.invalidRequest, 400, "INVALID_ARGUMENT"), (.contextOverflow, 400, "INVALID_ARGUMENT"),
    (.authentication, 401, "UNAUTHENTICATED"), (.permission, 403, "PERMISSION_DENIED"),
    (.notFound, 404, "NOT_FOUND"), (.rateLimited, 429, "RESOURCE_EXHAUSTED"),
    (.billing, 429, "RESOURCE_EXHAUSTED"), (.timeout, 504, "DEADLINE_EXCEEDED"),
    (.overloaded, 503, "UNAVAILABLE"), (.cut, 502, "UNAVAILABLE"), (.internal, 500, "INTERNAL"),
  ]

  @Test(arguments: own)
  func `of ours is written in Google's shape`(
    kind: Failure.Kind, status: Int, word: String
  ) throws {
    let failure = Failure(kind, origin: .proxy, status: status, "a \"b\"", retryAfterSeconds: 3)
    let body = Self.codec.encodeFailure(failure, requestID: "r")
    #expect(body.starts(with: #"{"error":"#.utf8))
    let error = try #require(try JSONDocument(body).root["error"])
    #expect(error["code"]?.integer == status && error["status"]?.string == word)
    #expect(error["message"]?.string == "a \"b\"")
    let again = Self.codec.decodeFailure(status: status, body)
    #expect(again.retryAfterSeconds == 3)
  }

  @Test func `keeps its own words for a client of its language alone`() {
    let body = Array(Self.body("m", "INTERNAL").utf8)
    let failure = Self.codec.decodeFailure(status: 500, body)
    #expect(Self.codec.encodeFailure(failure, requestID: "r") == body)
    for other in [Dialect.anthropic, .chat] {
      var failure = failure
      failure.verbatim = nil
      let told = other.codec.encodeFailure(failure, requestID: "r")
      #expect(!told.elementsEqual(body))
    }
    let anthropic = Dialect.anthropic.codec.decodeFailure(
      status: 529,
      Array(#"{"type":"error","error":{"type":"overloaded_error","message":"o"}}"#.utf8))
    let told = String(decoding: Self.codec.encodeFailure(anthropic, requestID: "r"), as: UTF8.self)
    #expect(told == #"{"error":{"code":529,"message":"o","status":"UNAVAILABLE"}}"#)
  }

  @Test func `in the middle of a stream is a chunk without an end after it`() {
    var encoder = Self.codec.makeStreamEncoder(
      ReplyStage(model: "m", requestID: "r", createdAt: 0))
    var out: [UInt8] = []
    encoder.encode(
      [.begin(id: nil, model: nil), .open(.text), .text("a"), .failed(.cut("gone")), .text("b")],
      into: &out)
    #expect(
      String(decoding: out, as: UTF8.self).hasSuffix(
        "data: {\"error\":{\"code\":502,\"message\":\"gone\",\"status\":\"UNAVAILABLE\"}}\n\n"))
  }
}
