import TestSupport
import Testing

/// What clients of Responses say to a house with two callers.
enum Talk {
  static let other = "sk-other-0123456789abcdef"
  static let plan = HousePlan(
    keyLines: ["  - {name: other, secret: \(other)}"], responders: ["first", "second"])

  static func request(
    _ input: String, model: String = "gpt-test", isStreamed: Bool = false, extra: String = ""
  ) -> String {
    #"{"model":"\#(model)","stream":\#(isStreamed),"input":\#(input)\#(extra)}"#
  }

  static func previous(_ id: String) -> String { #","previous_response_id":"\#(id)""# }

  /// What a vendor that speaks Responses answers.
  static func native(_ id: String, status: String = "completed") -> ScriptedAnswer {
    .json(
      #"{"id":"\#(id)","object":"response","status":"\#(status)","model":"m","output":[],"#
        + #""usage":{"input_tokens":3,"output_tokens":4,"total_tokens":7}}"#)
  }

  static func nativeStream(_ id: String) -> ScriptedAnswer {
    let response = #"{"id":"\#(id)","object":"response","model":"m","output":[]"#
    return .events([
      "event: response.created\ndata: {\"type\":\"response.created\",\"response\":\(response),"
        + "\"status\":\"in_progress\"}}\n\n",
      "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":\(response),"
        + "\"status\":\"completed\",\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}}\n\n",
    ])
  }

  /// The value of the first member of this name that is a string.
  static func value(of name: String, in text: String) -> String? {
    guard let start = text.firstRange(of: "\"\(name)\":\"")?.upperBound else { return nil }
    return String(text[start...].prefix { $0 != "\"" })
  }
}

extension House {
  func respond(_ body: String, as key: String = House.key) async throws -> Answer {
    try await ask(body, at: "/v1/responses", credentials: [(name: "x-api-key", value: key)])
  }

  func call(
    _ method: String, _ target: String, as key: String = House.key
  ) async throws -> Answer {
    let client = try client()
    try await client.request(method, target, headers: [(name: "x-api-key", value: key)])
    return try await client.answer()
  }

  /// A response that the chat vendor gave and the gateway keeps.
  func made(_ input: String = #""One""#, extra: String = "") async throws -> String {
    chat.enqueue(.openAIChat(.text("Answer")))
    let answer = try await respond(Talk.request(input, extra: extra))
    #expect(answer.status == 200)
    return try #require(Talk.value(of: "id", in: answer.text))
  }
}
