/// Thoughts, and the seals that stand for them.
extension ResponsesReplyWriter {
  mutating func addThought(_ piece: JSONText, into out: inout [UInt8]) {
    guard !piece.isEmpty, open == .thinking else { return }
    if !isPartOpen { beginThought(hasText: true, into: &out) }
    text.append(contentsOf: piece.bytes)
    if isStreaming { events.delta(piece, into: &out) }
  }

  mutating func beginThought(
    hasText: Bool, id: JSONText? = nil, into out: inout [UInt8]
  ) {
    beginItem(ResponsesSealMark.thoughtPrefix, id: id)
    text.removeAll(keepingCapacity: true)
    partIndex = 0
    tellItem("response.output_item.added", into: &out) { place, out in
      ResponsesItemText.thought(place, text: [], token: nil, into: &out)
    }
    guard hasText else { return }
    isPartOpen = true
    tellPart("response.reasoning_summary_part.added", "summary_index", into: &out) { out in
      out.append(",\"part\":{\"type\":\"summary_text\",\"text\":\"\"}")
    }
    guard isStreaming else { return }
    events.prepare("response.reasoning_summary_text.delta", place, part: "summary_index", 0)
  }

  mutating func endThought(into out: inout [UInt8]) {
    let seal = seal
    self.seal = nil
    guard isPartOpen else {
      // A thought that nobody may read is worth its seal.
      if let seal {
        writeThought(sealed: seal.token(native: .openai), id: seal.id, seal, into: &out)
      }
      return
    }
    isPartOpen = false
    let text = text
    tellPart("response.reasoning_summary_text.done", "summary_index", into: &out) { out in
      ResponsesItemText.text("text", text, into: &out)
    }
    tellPart("response.reasoning_summary_part.done", "summary_index", into: &out) { out in
      out.append(",\"part\":{\"type\":\"summary_text\"")
      ResponsesItemText.text("text", text, into: &out)
      out.append("}")
    }
    endItem(into: &out) { place, out in
      ResponsesItemText.thought(place, text: text, token: seal?.token(native: .openai), into: &out)
    }
  }

  /// Writes a thought that has no text.
  mutating func writeThought(
    sealed token: JSONText, id: JSONText?, _ seal: Seal, into out: inout [UInt8]
  ) {
    beginThought(hasText: false, id: seal.mint == .openai ? id : nil, into: &out)
    endItem(into: &out) { place, out in
      ResponsesItemText.thought(place, text: [], token: token, into: &out)
    }
  }
}
