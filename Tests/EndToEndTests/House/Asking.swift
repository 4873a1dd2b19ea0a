import TestSupport
import Testing

/// How a client of one language asks for the same small thing, and where its text stands.
struct Asking: Sendable, CustomTestStringConvertible {
  let name: String
  let path: String
  let streamPath: String
  let body: String
  let streamBody: String
  let countPath: String
  let countBody: String
  /// What a refusal in the language has in it.
  let refusal: String
  /// What every failure in the language has in it.
  var failure = ""
  /// What a stream that came to a good end has, where it can be seen.
  let end: String?
  /// What tells in a stream that it broke off.
  let breakage: String
  /// What a sign of life looks like; nil where the language has none.
  var ping: String?
  /// The whole text stands in a stream as one piece only where frames hide it in base64.
  var hidesText = false

  var testDescription: String { name }

  /// The plainest way of each of the five languages.
  static let five = [
    Asking(
      name: "anthropic", path: "/v1/messages", streamPath: "/v1/messages", body: chatLike,
      streamBody: chatLikeStream, countPath: "/v1/messages/count_tokens", countBody: chatLike,
      refusal: #""type":"authentication_error""#, failure: #""type":"error""#,
      end: "message_stop", breakage: "event: error", ping: "event: ping"),
    Asking(
      name: "chat", path: "/v1/chat/completions", streamPath: "/v1/chat/completions",
      body: chatLike, streamBody: chatLikeStream, countPath: "", countBody: "",
      refusal: #""code":"invalid_api_key""#, failure: #""error":{"#, end: "[DONE]",
      breakage: "\"error\":", ping: ": ping"),
    all[0], all[1], all[3],
  ]

  static let all = [
    Asking(
      name: "responses", path: "/v1/responses", streamPath: "/v1/responses",
      body: #"{"model":"MODEL","input":"Hi"}"#,
      streamBody: #"{"model":"MODEL","input":"Hi","stream":true}"#,
      countPath: "/v1/responses/input_tokens", countBody: #"{"model":"gpt-x","input":"Hi"}"#,
      refusal: #""code":"invalid_api_key""#, failure: #""error":{"#,
      end: "response.completed", breakage: "\"type\":\"error\"", ping: ": ping"),
    Asking(
      name: "gemini", path: "/v1beta/models/MODEL:generateContent",
      streamPath: "/v1beta/models/MODEL:streamGenerateContent?alt=sse", body: gemini,
      streamBody: gemini, countPath: "/v1beta/models/gpt-x:countTokens", countBody: gemini,
      refusal: #""status":"UNAUTHENTICATED""#, failure: #""status":""#, end: "finishReason",
      breakage: "\"error\":", ping: "\n"),
    Asking(
      name: "gemini list", path: "/v1/models/MODEL:generateContent",
      streamPath: "/v1/models/MODEL:streamGenerateContent", body: gemini, streamBody: gemini,
      countPath: "/v1/models/gpt-x:countTokens", countBody: gemini,
      refusal: #""status":"UNAUTHENTICATED""#, end: "\n]",
      breakage: "\"error\":"),
    Asking(
      name: "converse", path: "/model/MODEL/converse", streamPath: "/model/MODEL/converse-stream",
      body: converse, streamBody: converse, countPath: "/model/gpt-x/count-tokens",
      countBody: #"{"input":{"converse":\#(converse)}}"#, refusal: #""message":"#,
      failure: #""message":"#, end: "messageStop",
      breakage: ":exception-type"),
    Asking(
      name: "invoke", path: "/model/MODEL/invoke",
      streamPath: "/model/MODEL/invoke-with-response-stream", body: invoke, streamBody: invoke,
      countPath: "/model/gpt-x/count-tokens",
      countBody: #"{"input":{"invokeModel":{"body":"\#(invokeInBase64)"}}}"#,
      refusal: #""message":"#, end: nil,
      breakage: ":exception-type", hidesText: true),
    Asking(
      name: "rawPredict", path: vertex + "MODEL:rawPredict",
      streamPath: vertex + "MODEL:streamRawPredict", body: invoke, streamBody: invoke,
      countPath: vertex + "count-tokens:rawPredict",
      countBody: #"{"model":"gpt-x","messages":[{"role":"user","content":"Hi"}]}"#,
      refusal: #""type":"authentication_error""#, end: "message_stop",
      breakage: "event: error"),
  ]

  private static let chatLike =
    #"{"model":"MODEL","max_tokens":64,"messages":[{"role":"user","content":"Hi"}]}"#
  private static let chatLikeStream =
    #"{"model":"MODEL","max_tokens":64,"stream":true,"#
    + #""messages":[{"role":"user","content":"Hi"}]}"#
  private static let gemini = #"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}"#
  private static let converse = #"{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}"#
  private static let invoke =
    #"{"anthropic_version":"v","max_tokens":64,"messages":[{"role":"user","content":"Hi"}]}"#
  private static let invokeInBase64 =
    "eyJtYXhfdG9rZW5zIjoxLCJtZXNzYWdlcyI6W3sicm9sZSI6InVzZXIiLCJjb250ZW50IjoiSGkifV19"
  private static let vertex = "/v1/projects/p/locations/l/publishers/anthropic/models/"
}

/// From a client of one of the five languages to a vendor.
struct Road: Sendable, CustomTestStringConvertible {
  let asking: Asking
  let vendor: Language

  var testDescription: String { "\(asking.name) to \(vendor)" }

  static let all = Asking.five.flatMap { asking in
    Language.allCases.map { Road(asking: asking, vendor: $0) }
  }
}

extension House {
  /// A client that has asked for a stream, or for a whole reply, and has read nothing yet.
  func client(on road: Road, isStreamed: Bool) async throws -> RawHTTPClient {
    let asking = road.asking
    let (body, path) =
      isStreamed ? (asking.streamBody, asking.streamPath) : (asking.body, asking.path)
    return try await client(
      asking: body.replacing("MODEL", with: road.vendor.model),
      at: path.replacing("MODEL", with: road.vendor.model))
  }
}
