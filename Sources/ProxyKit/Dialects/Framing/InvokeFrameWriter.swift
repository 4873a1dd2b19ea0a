/// Turns Anthropic's server-sent events into the frames of `InvokeModelWithResponseStream`.
package struct InvokeFrameWriter: Sendable {
  private var framer = SSEFramer()
  private let frame = EventStreamHead("chunk")
  private var hasBegun = false

  package init() {}

  /// Appends the frames of the events that the piece completes.
  package mutating func feed(
    _ piece: [UInt8], into out: inout [UInt8]
  ) throws(BrokenStream) {
    try framer.append(piece)
    while let event = try framer.next() { write(event, to: &out) }
  }

  /// The stream has ended.
  package mutating func finish(into out: inout [UInt8]) throws(BrokenStream) {
    if let event = try framer.finish() { write(event, to: &out) }
  }

  private mutating func write(_ event: SSEFrame, to out: inout [UInt8]) {
    guard !event.data.isEmpty else { return }
    if event.event.span.equals("error") {
      writeError(event.data, to: &out)
      return
    }
    // The SDKs for Bedrock take whatever comes first for the beginning.
    if event.event.span.equals("ping"), !hasBegun { return }
    hasBegun = true
    EventStreamWriter.event(frame, to: &out) { out in
      out.append(#"{"bytes":""#)
      Base64.append(event.data, to: &out)
      out.append(#""}"#)
    }
  }

  private func writeError(_ bytes: ArraySlice<UInt8>, to out: inout [UInt8]) {
    let error = (try? JSONDocument(bytes))?.root["error"]
    let type = InvokeFault.exception(of: error?["type"]?.text ?? "api_error")
    let message = error?["message"]?.text ?? "the upstream broke its answer off with an error"
    EventStreamWriter.exception(type, to: &out) { out in
      out.append(#"{"message":""#)
      out.append(contentsOf: message.bytes)
      out.append(#""}"#)
    }
  }
}
