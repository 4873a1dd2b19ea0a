import TestSupport

/// A vendor's language as the tests speak it.
enum Language: String, Sendable, CaseIterable {
  case anthropic, chat

  var path: String {
    self == .anthropic ? "/v1/messages" : "/v1/chat/completions"
  }

  /// A model whose name leads to the backend of this language and stays as it is.
  var model: String {
    self == .anthropic ? "claude-test" : "gpt-test"
  }

  /// A small request; `extra` are members that begin with a comma.
  func request(
    model: String, isStreamed: Bool = false, content: String = #""Hi""#, extra: String = ""
  ) -> String {
    let limit = self == .anthropic ? #","max_tokens":64"# : ""
    let messages = #""messages":[{"role":"user","content":\#(content)}]"#
    return #"{"model":"\#(model)"\#(limit),"stream":\#(isStreamed),\#(messages)\#(extra)}"#
  }

  func reply(_ reply: ScriptedReply, isStreamed: Bool) -> ScriptedAnswer {
    switch (self, isStreamed) {
    case (.anthropic, true): .anthropicStream(reply)
    case (.anthropic, false): .anthropic(reply)
    case (.chat, true): .openAIChatStream(reply)
    case (.chat, false): .openAIChat(reply)
    }
  }

  /// A stream without the mark of its end.
  func unterminated(_ reply: ScriptedReply) -> ScriptedAnswer {
    self == .anthropic
      ? .anthropicStream(reply, isTerminated: false)
      : .openAIChatStream(reply, isTerminated: false)
  }

  func errorInside200(after reply: ScriptedReply? = nil) -> ScriptedAnswer {
    self == .anthropic
      ? .anthropicErrorInside200(after: reply) : .openAIErrorInside200(after: reply)
  }

  func error(status: Int, _ message: String, retryAfter: String? = nil) -> ScriptedAnswer {
    self == .anthropic
      ? .anthropicError(
        status: status, type: Self.anthropicType(status), message: message, retryAfter: retryAfter)
      : .openAIError(status: status, message: message, retryAfter: retryAfter)
  }

  private static func anthropicType(_ status: Int) -> String {
    switch status {
    case 401: "authentication_error"
    case 404: "not_found_error"
    case 429: "rate_limit_error"
    case 529: "overloaded_error"
    case 400..<500: "invalid_request_error"
    default: "api_error"
    }
  }
}

/// From a client's language to a vendor's.
struct Way: Sendable, CustomStringConvertible {
  let client: Language
  let vendor: Language

  static let all = Language.allCases.flatMap { client in
    Language.allCases.map { Way(client: client, vendor: $0) }
  }
  static let passages = all.filter(\.isPassage)
  static let translations = all.filter { !$0.isPassage }

  var isPassage: Bool { client == vendor }

  var description: String { "\(client) to \(vendor)" }

  func request(isStreamed: Bool, extra: String = "") -> String {
    client.request(model: vendor.model, isStreamed: isStreamed, extra: extra)
  }
}
