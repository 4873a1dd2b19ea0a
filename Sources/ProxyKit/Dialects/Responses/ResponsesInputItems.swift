/// The items that a response was made from, as they are kept and listed.
package enum ResponsesInputItems {
  /// The items of a request's input, each with a name, a type and a state.
  package static func items(of request: JSONDocument, requestID: String) -> [UInt8] {
    var writer = JSONWriter(reserving: request.bytes.count + 256)
    let input = request.root["input"]
    writer.array { writer in
      if let text = input?.text {
        writer.object {
          $0.member("id", name("msg_", requestID, 0))
          $0.member("type", word: "message")
          $0.member("status", word: "completed")
          $0.member("role", word: "user")
          $0.content(text, isAnswer: false)
        }
      } else if let input {
        for (index, item) in input.elements.enumerated() {
          write(item, requestID, index, into: &writer)
        }
      }
    }
    return writer.bytes
  }

  private static func write(
    _ item: JSONValue, _ requestID: String, _ index: Int, into writer: inout JSONWriter
  ) {
    guard item.kind == .object else { return writer.raw(item.raw) }
    let type = item["type"]?.text
    let isMessage = type?.equals("message") ?? (item["role"] != nil)
    var added: [StaticString] = []
    if item["id"] == nil { added.append("id") }
    if isMessage { added.append("type") }
    let hasState = isMessage || type?.string.hasSuffix("_output") == true
    if hasState, item["status"] == nil { added.append("status") }
    let plain = isMessage ? item["content"]?.text : nil
    if plain != nil { added.append("content") }
    writer.object {
      if item["id"] == nil { $0.member("id", name(prefix(type, isMessage), requestID, index)) }
      if isMessage { $0.member("type", word: "message") }
      if hasState, item["status"] == nil { $0.member("status", word: "completed") }
      for (name, value) in item.members(besides: added) { $0.member(name, value.raw) }
      if let plain {
        $0.content(plain, isAnswer: item["role"]?.text?.equals("assistant") == true)
      }
    }
  }

  private static func name(_ prefix: StaticString, _ requestID: String, _ index: Int) -> String {
    "\(prefix)\(requestID)_in\(index)"
  }

  private static func prefix(_ type: JSONText?, _ isMessage: Bool) -> StaticString {
    if isMessage { return "msg_" }
    switch type?.string {
    case "function_call": return "fc_"
    case "function_call_output": return "fco_"
    case "custom_tool_call": return "ctc_"
    case "custom_tool_call_output": return "ctco_"
    case "reasoning": return ResponsesSealMark.thoughtPrefix
    default: return "item_"
    }
  }
}

extension JSONWriter {
  fileprivate mutating func content(_ text: JSONText, isAnswer: Bool) {
    name("content")
    array {
      $0.object {
        $0.member("type", word: isAnswer ? "output_text" : "input_text")
        $0.member("text", text)
        guard isAnswer else { return }
        $0.name("annotations")
        $0.array { _ in }
      }
    }
  }

  fileprivate mutating func member(_ name: JSONText, _ value: JSONRaw) {
    self.name(name)
    raw(value)
  }
}
