/// Folds the events of a stream into the response object that its client reads at the end.
package struct ResponsesFold: Sendable {
  private var writer: ResponsesReplyWriter

  package init(_ stage: ReplyStage) {
    writer = ResponsesReplyWriter(stage, isStreaming: false)
  }

  package mutating func take(_ events: [ReplyEvent]) {
    var none: [UInt8] = []
    writer.encode(events, into: &none)
  }

  /// The response; nil until its end has come, and for ever when it broke off.
  package var response: [UInt8]? { writer.whole.isEmpty ? nil : writer.whole }

  /// How much of it there is.
  package var byteCount: Int { writer.output.count + writer.parts.count + writer.text.count }
}
