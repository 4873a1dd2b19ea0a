/// Writes the response object, whole or as far as it has come.
struct ResponsesObject {
  enum Status {
    case inProgress, completed
    case incomplete(reason: StaticString)
    case failed(code: String, message: String)
  }

  private let head: [UInt8]
  private let echo: ResponsesEcho

  init(_ stage: ReplyStage) {
    var head: [UInt8] = []
    head.append("{\"id\":\"resp_")
    JSONEscape.append(stage.requestID, to: &head)
    head.append("\",\"object\":\"response\",\"created_at\":")
    head.append(decimal: stage.createdAt)
    head.append(",\"model\":\"")
    JSONEscape.append(stage.model, to: &head)
    head.append("\"")
    self.head = head
    echo = stage.echo ?? .none
  }

  /// `output` is the items of the output with commas between them.
  func write(
    _ status: Status, output: [UInt8], usage: Usage?, into out: inout [UInt8]
  ) {
    out.reserveCapacity(out.count + head.count + echo.members.count + output.count + 512)
    out.append(contentsOf: head)
    write(status, into: &out)
    out.append(",\"output\":[")
    out.append(contentsOf: output)
    out.append("],\"usage\":")
    if let usage {
      var writer = JSONWriter(reserving: 256)
      writer.responses(usage)
      out.append(contentsOf: writer.bytes)
    } else {
      out.append("null")
    }
    out.append(contentsOf: echo.members)
    out.append("}")
  }

  private func write(_ status: Status, into out: inout [UInt8]) {
    switch status {
    case .inProgress:
      out.append(",\"status\":\"in_progress\",\"error\":null,\"incomplete_details\":null")
    case .completed:
      out.append(",\"status\":\"completed\",\"error\":null,\"incomplete_details\":null")
    case .incomplete(let reason):
      out.append(",\"status\":\"incomplete\",\"error\":null,\"incomplete_details\":{\"reason\":\"")
      out.append(reason)
      out.append("\"}")
    case .failed(let code, let message):
      out.append(",\"status\":\"failed\",\"error\":{\"code\":\"")
      JSONEscape.append(code, to: &out)
      out.append("\",\"message\":\"")
      JSONEscape.append(message, to: &out)
      out.append("\"},\"incomplete_details\":null")
    }
  }
}
