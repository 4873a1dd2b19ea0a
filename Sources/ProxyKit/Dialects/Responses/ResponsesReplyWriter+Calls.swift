/// Calls of functions, and of tools on free text.
extension ResponsesReplyWriter {
  mutating func openCall(
    _ id: JSONText, _ name: JSONText, into out: inout [UInt8]
  ) {
    let form = stage.toolForms[name]
    let call = ResponsesCall(id: id, name: form?.name ?? name, form)
    self.call = call
    text.removeAll(keepingCapacity: true)
    open = call.isFreeform ? .freeform : .call
    beginItem(call.isFreeform ? "ctc_" : "fc_")
    tellItem("response.output_item.added", into: &out) { place, out in
      call.write(place, isDone: false, [], into: &out)
    }
    if call.isFreeform {
      reader = ResponsesFreeformReader()
      if isStreaming { events.prepare("response.custom_tool_call_input.delta", place) }
    } else if isStreaming {
      events.prepare("response.function_call_arguments.delta", place)
    }
  }

  mutating func addArguments(_ piece: JSONText, into out: inout [UInt8]) {
    switch open {
    case .call: addInput(piece, into: &out)
    case .freeform: addInput(reader.take(piece), into: &out)
    case .none, .text, .refusal, .thinking: break
    }
  }

  mutating func addInput(_ piece: JSONText, into out: inout [UInt8]) {
    guard !piece.isEmpty else { return }
    text.append(contentsOf: piece.bytes)
    if isStreaming { events.delta(piece, into: &out) }
  }

  mutating func endCall(into out: inout [UInt8]) {
    guard let call else { return }
    self.call = nil
    if call.isFreeform {
      addInput(reader.finish(), into: &out)
    } else if text.isEmpty {
      addInput("{}", into: &out)
    }
    let text = text
    if isStreaming {
      events.begin(
        call.isFreeform
          ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done",
        into: &out)
      place.write(into: &out)
      if !call.isFreeform { ResponsesItemText.text("name", Array(call.name.bytes), into: &out) }
      ResponsesItemText.text(call.isFreeform ? "input" : "arguments", text, into: &out)
      events.end(into: &out)
    }
    endItem(into: &out) { place, out in call.write(place, isDone: true, text, into: &out) }
  }
}
