import Testing

@testable import Dialects

@Suite struct `A failure in the Responses language` {
  private static let codec = Dialect.responses.codec

  @Test(arguments: [
    (400, "context_length_exceeded", Failure.Kind.contextOverflow),
    (429, "rate_limit_exceeded", .rateLimited), (429, "insufficient_quota", .billing),
    (401, "invalid_api_key", .authentication), (404, "model_not_found", .notFound),
    (400, "invalid_encrypted_content", .invalidRequest), (500, "server_error", .upstream),
    (503, "server_is_overloaded", .overloaded),
  ])
  func `is known by its status and code`(status: Int, code: String, kind: Failure.Kind) {
    let body = #"{"error":{"message":"It failed.","type":"x","param":null,"code":"\#(code)"}}"#
    let failure = Self.codec.decodeFailure(status: status, Array(body.utf8))
    #expect(failure.kind == kind)
    #expect(failure.code == code)
    #expect(failure.message == "It failed.")
    let again = String(
      decoding: Self.codec.encodeFailure(failure, requestID: "r"), as: UTF8.self)
    #expect(again == body)
  }

  @Test(arguments: [
    ("rate_limit_exceeded", Failure.Kind.rateLimited, 429),
    ("invalid_prompt", .invalidRequest, 400),
    ("server_error", .upstream, 500), ("insufficient_quota", .billing, 429),
    ("context_length_exceeded", .contextOverflow, 400), ("server_is_overloaded", .overloaded, 503),
    ("bio_policy", .contentFiltered, 400), ("image_too_large", .invalidRequest, 400),
    ("vector_store_timeout", .timeout, 504),
  ])
  func `inside a reply is known by its code`(code: String, kind: Failure.Kind, status: Int) {
    let error = #"{"code":"\#(code)","message":"m"}"#
    let response =
      #"{"id":"r","object":"response","status":"failed","error":\#(error),"output":[]}"#
    let streams = [
      #"data: {"type":"response.failed","response":\#(response)}"#,
      #"data: {"type":"error","code":"\#(code)","message":"m","param":null}"#,
      #"data: {"type":"error","error":\#(error)}"#, #"data: {"error":\#(error)}"#, response,
    ]
    for stream in streams {
      let events = ResponsesFixture.read([Array("\(stream)\n\n".utf8)[...]])
      guard events.count == 1, case .failed(let failure) = events[0] else {
        Issue.record("\(stream) has not failed.")
        continue
      }
      #expect(failure.kind == kind && failure.status == status)
      #expect(failure.message == "m" && failure.origin == .upstream)
    }
  }

  @Test(arguments: [
    (#"{"status":"in_progress","output":[]}"#, Failure.Kind.upstream),
    (#"{"status":"queued","output":[]}"#, .upstream),
    (#"{"status":"cancelled","output":[]}"#, .cut), (#"{"id":"r"}"#, .upstream), ("[]", .upstream),
    ("", .upstream), ("<html>", .upstream),
  ])
  func `is what no answer is`(body: String, kind: Failure.Kind) {
    let events = Self.codec.decodeReply(Array(body.utf8))
    guard events.count == 1, case .failed(let failure) = events[0] else {
      Issue.record("It has not failed.")
      return
    }
    #expect(failure.kind == kind)
  }

  @Test func `tells a client in its stream when to try again`() {
    var encoder = Self.codec.makeStreamEncoder(
      ReplyStage(model: "m", requestID: "r", createdAt: 0))
    var out: [UInt8] = []
    encoder.encode(
      [
        .failed(
          Failure(
            .rateLimited, origin: .upstream, status: 429, "Slow down.", code: "rate_limit_error",
            retryAfterSeconds: 7))
      ], into: &out)
    let text = String(decoding: out, as: UTF8.self)
    #expect(
      text.contains(#""error":{"code":"rate_limit_exceeded","message":"Slow down. Please try"#))
    #expect(text.contains("again in 7s."))
  }
}
