/// Messages, and what is said in them.
extension ResponsesReplyWriter {
  mutating func addText(_ piece: JSONText, into out: inout [UInt8]) {
    guard !piece.isEmpty, open == .text || open == .refusal else { return }
    if !isPartOpen { beginPart(into: &out) }
    text.append(contentsOf: piece.bytes)
    if isStreaming { events.delta(piece, into: &out) }
  }

  mutating func beginPart(into out: inout [UInt8]) {
    if !isItemOpen {
      beginItem("msg_")
      partIndex = 0
      parts.removeAll(keepingCapacity: true)
      tellItem("response.output_item.added", into: &out) { place, out in
        ResponsesItemText.message(place, status: "in_progress", parts: [], into: &out)
      }
    }
    isPartOpen = true
    text.removeAll(keepingCapacity: true)
    annotations.removeAll(keepingCapacity: true)
    annotationIndex = 0
    let isRefusal = open == .refusal
    tellPart("response.content_part.added", "content_index", into: &out) { out in
      out.append(",\"part\":")
      ResponsesItemText.part(isRefusal: isRefusal, text: [], annotations: [], into: &out)
    }
    guard isStreaming else { return }
    if isRefusal {
      events.prepare("response.refusal.delta", place, part: "content_index", partIndex)
    } else {
      events.prepare(
        "response.output_text.delta", tail: ",\"logprobs\":[]", place, part: "content_index",
        partIndex)
    }
  }

  mutating func endPart(into out: inout [UInt8]) {
    defer { sealText(into: &out) }
    guard isPartOpen else { return }
    isPartOpen = false
    let isRefusal = open == .refusal
    let (text, annotations) = (text, annotations)
    if isRefusal {
      tellPart("response.refusal.done", "content_index", into: &out) { out in
        ResponsesItemText.text("refusal", text, into: &out)
      }
    } else {
      tellPart("response.output_text.done", "content_index", into: &out) { out in
        ResponsesItemText.text("text", text, into: &out)
        out.append(",\"logprobs\":[]")
      }
    }
    tellPart("response.content_part.done", "content_index", into: &out) { out in
      out.append(",\"part\":")
      ResponsesItemText.part(isRefusal: isRefusal, text: text, annotations: annotations, into: &out)
    }
    if !parts.isEmpty { parts.append(UInt8(ascii: ",")) }
    ResponsesItemText.part(isRefusal: isRefusal, text: text, annotations: annotations, into: &parts)
    partIndex += 1
  }

  /// The seal of a text stands in an item behind its message.
  mutating func sealText(into out: inout [UInt8]) {
    guard let seal else { return }
    self.seal = nil
    guard isItemOpen || hasItems, seal.mint != .openai else { return losses.record("text_seal") }
    endMessage(into: &out)
    writeThought(sealed: ResponsesSealMark.text.token(of: seal), id: nil, seal, into: &out)
  }

  mutating func endMessage(into out: inout [UInt8]) {
    guard isItemOpen else { return }
    let parts = parts
    endItem(into: &out) { place, out in
      ResponsesItemText.message(place, status: "completed", parts: parts, into: &out)
    }
  }

  mutating func cite(_ citation: Citation, into out: inout [UInt8]) {
    guard open == .text, let annotation = annotation(citation) else {
      return losses.record("citations")
    }
    if !isPartOpen { beginPart(into: &out) }
    let index = annotationIndex
    tellPart("response.output_text.annotation.added", "content_index", into: &out) { out in
      ResponsesEventWriter.write("annotation_index", index, into: &out)
      out.append(",\"annotation\":")
      out.append(contentsOf: annotation)
    }
    if annotationIndex > 0 { annotations.append(UInt8(ascii: ",")) }
    annotations.append(contentsOf: annotation)
    annotationIndex += 1
  }

  /// Nil for a citation that is not of a page.
  func annotation(_ citation: Citation) -> [UInt8]? {
    if citation.origin == .responses { return Array(citation.raw.bytes) }
    guard let url = citation.url else { return nil }
    let said = JSONText(escaped: text[...]).string.unicodeScalars.count
    var writer = JSONWriter(reserving: 256)
    writer.object {
      $0.member("type", word: "url_citation")
      $0.member("start_index", citation.span?.lowerBound ?? 0)
      $0.member("end_index", citation.span?.upperBound ?? said)
      $0.member("url", url)
      $0.member("title", citation.title ?? .empty)
    }
    return writer.bytes
  }
}
