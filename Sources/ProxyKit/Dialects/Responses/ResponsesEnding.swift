/// How a response ended, as its `status` says it.
enum ResponsesEnding {
  case end(StopReason)
  case failed(Failure)

  init(_ response: ChatNode?, isIncomplete: Bool = false, hasCalls: Bool) {
    let status = response?["status"]?.someText?.string
    switch status {
    case _ where isIncomplete && status != "failed", "incomplete":
      self = .end(Self.reason(response?["incomplete_details"]?["reason"]?.someText))
    case "failed": self = .failed(ResponsesFailures.read(failed: response))
    case "cancelled": self = .failed(.cut("The upstream's answer was cancelled."))
    case "queued", "in_progress":
      self = .failed(
        ResponsesFailures.broken("The upstream put its answer off to be asked for later."))
    default: self = .end(hasCalls ? .toolCalls : .endOfTurn)
    }
  }

  private static func reason(_ word: JSONText?) -> StopReason {
    switch word?.string {
    case nil, "max_output_tokens", "max_tokens", "length": .maximumTokens
    case "content_filter": .refusal
    case .some: .other(word ?? .empty)
    }
  }
}
