/// A tool call as the client spells it.
struct ResponsesCall {
  let id: JSONText
  let name: JSONText
  let namespace: JSONText?
  let isFreeform: Bool

  init(id: JSONText, name: JSONText, _ form: ToolForms.Form?) {
    self.id = id
    self.name = name
    namespace = form?.namespace
    isFreeform = form?.isFreeform ?? false
  }

  /// Writes the item; `input` is its arguments, or its free text.
  func write(
    _ place: ResponsesItemPlace, isDone: Bool, _ input: [UInt8], into out: inout [UInt8]
  ) {
    out.append("{\"id\":\"")
    out.append(contentsOf: place.id.bytes)
    out.append(
      isFreeform ? "\",\"type\":\"custom_tool_call\"" : "\",\"type\":\"function_call\"")
    out.append(isDone ? ",\"status\":\"completed\"" : ",\"status\":\"in_progress\"")
    out.append(",\"call_id\":\"")
    out.append(contentsOf: id.bytes)
    out.append("\",\"name\":\"")
    out.append(contentsOf: name.bytes)
    if let namespace {
      out.append("\",\"namespace\":\"")
      out.append(contentsOf: namespace.bytes)
    }
    out.append(isFreeform ? "\",\"input\":\"" : "\",\"arguments\":\"")
    out.append(contentsOf: input)
    out.append("\"}")
  }
}
