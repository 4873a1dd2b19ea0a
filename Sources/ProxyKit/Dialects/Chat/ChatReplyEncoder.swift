/// Folds events into a whole reply.
struct ChatReplyEncoder {
  private struct Call {
    var id: JSONText
    var name: JSONText
    var seal: Seal?
    var arguments: [JSONText] = []
  }

  private var texts: [JSONText] = []
  private var refusals: [JSONText] = []
  private var thoughts: [JSONText] = []
  private var calls: [Call] = []
  /// What each sealed block said, nil where only its mint can read it, and its place.
  private var sealed: [(text: JSONText?, seal: Seal, place: Int)] = []
  private var citations: [Citation] = []
  private var odds: [TokenOdds] = []
  private var textSeal: Seal?
  private var places = ChatBlockPlaces()
  /// Where the open thought begins; nil outside of one.
  private var thoughtStart: Int?
  private var usage: Usage?
  private var reason = StopReason.endOfTurn
  private var isRefusal = false
  private var losses = Losses()

  static func encode(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    var fold = ChatReplyEncoder()
    for event in events {
      if case .failed(let failure) = event { return ChatFailureEncoder.encode(failure) }
      fold.take(event)
    }
    losses.record(contentsOf: fold.losses)
    return fold.written(stage)
  }

  private mutating func take(_ event: ReplyEvent) {
    switch event {
    case .open(let block): open(block)
    case .close:
      isRefusal = false
      thoughtStart = nil
    case .text(let text):
      places.enter(isRefusal ? .refusal : .text)
      if isRefusal { refusals.append(text) } else { texts.append(text) }
    case .thinking(let text): thoughts.append(text)
    case .arguments(let text):
      if !calls.isEmpty { calls[calls.count - 1].arguments.append(text) }
    case .usage(let counted): usage = counted
    case .end(let reason): self.reason = reason
    case .seal(let seal): take(seal)
    case .citation(let citation):
      if ChatCitation.canSay(citation) {
        citations.append(citation)
      } else {
        losses.record("citations")
      }
    case .odds(let told): odds += told
    case .lost(let tag): losses.record(tag)
    case .begin, .failed: break
    }
  }

  private mutating func open(_ block: ReplyBlock) {
    isRefusal = false
    thoughtStart = nil
    switch block {
    case .toolCall(let id, let name, let seal):
      places.enter(.other)
      calls.append(Call(id: id, name: name, seal: seal))
    case .refusal: isRefusal = true
    case .thinking:
      places.enter(.other)
      thoughtStart = thoughts.count
    case .redactedThinking(let seal):
      places.enter(.other)
      sealed.append((nil, seal, places.current))
    case .unknown(let type, _): losses.record(type.string)
    case .text: break
    }
  }

  private mutating func take(_ seal: Seal) {
    if let start = thoughtStart {
      sealed.append((thoughts[start...].reduce(.empty, +), seal, places.current))
    } else if seal.mint == .gemini {
      textSeal = seal
    } else {
      losses.record("text_seal")
    }
  }

  private func written(_ stage: ReplyStage) -> [UInt8] {
    var writer = JSONWriter(reserving: 1024)
    writer.object {
      $0.member("id", "chatcmpl-" + stage.requestID)
      $0.member("object", word: "chat.completion")
      $0.member("created", stage.createdAt)
      $0.member("model", stage.model)
      $0.name("choices")
      $0.array {
        $0.object {
          $0.member("index", 0)
          $0.name("message")
          write(stage.toolForms, into: &$0)
          $0.name("logprobs")
          if odds.isEmpty { $0.null() } else { ChatOdds.write(odds, into: &$0) }
          $0.name("finish_reason")
          let word = ChatFinish.word(for: reason, hasCalls: !calls.isEmpty)
          $0.string("\(word)")
        }
      }
      $0.name("usage")
      $0.chat(usage ?? Usage(input: stage.estimatedInputTokens))
    }
    return writer.bytes
  }

  private func write(_ forms: ToolForms, into writer: inout JSONWriter) {
    writer.object {
      $0.member("role", word: "assistant")
      $0.name("content")
      if texts.isEmpty, !calls.isEmpty || !refusals.isEmpty {
        $0.null()
      } else {
        $0.joined(texts)
      }
      $0.name("refusal")
      if refusals.isEmpty { $0.null() } else { $0.joined(refusals) }
      if !thoughts.isEmpty {
        $0.name("reasoning_content")
        $0.joined(thoughts)
      }
      if !sealed.isEmpty {
        $0.name("reasoning_details")
        $0.array {
          for (text, seal, place) in sealed { $0.chat(reasoning: text, seal, index: place) }
        }
      }
      if !calls.isEmpty {
        $0.name("tool_calls")
        $0.array { for call in calls { Self.write(call, forms[call.name], into: &$0) } }
      }
      if !citations.isEmpty {
        var length = ChatTextLength()
        for text in texts { length.add(text) }
        $0.name("annotations")
        $0.array { for cited in citations { $0.chat(cited, length: length.characters) } }
      }
      if let textSeal { $0.chat(google: textSeal.value) }
    }
  }

  private static func write(
    _ call: Call, _ form: ToolForms.Form?, into writer: inout JSONWriter
  ) {
    let isFreeform = form?.isFreeform == true
    writer.object {
      $0.member("id", call.id)
      $0.member("type", word: isFreeform ? "custom" : "function")
      if isFreeform { $0.name("custom") } else { $0.name("function") }
      $0.object {
        $0.member("name", form?.name ?? call.name)
        if isFreeform {
          $0.member("input", FreeText.text(of: call.arguments.reduce(.empty, +)))
        } else if call.arguments.allSatisfy(\.isEmpty) {
          $0.member("arguments", word: "{}")
        } else {
          $0.name("arguments")
          $0.joined(call.arguments)
        }
      }
      if let seal = call.seal { $0.chat(google: seal.value) }
    }
  }
}

extension JSONWriter {
  /// Writes several texts as one string.
  mutating func joined(_ texts: some Sequence<JSONText>, separator: JSONText = .empty) {
    text(.empty)
    bytes.removeLast()
    var isFirst = true
    for text in texts {
      if !isFirst { bytes.append(contentsOf: separator.bytes) }
      isFirst = false
      bytes.append(contentsOf: text.bytes)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a whole JSON value as a string.
  mutating func quoted(_ raw: JSONRaw) {
    text(.empty)
    bytes.removeLast()
    JSONEscape.append(raw.bytes, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }
}
