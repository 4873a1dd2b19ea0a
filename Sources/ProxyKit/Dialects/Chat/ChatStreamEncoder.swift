/// Writes a Chat stream.
struct ChatStreamEncoder: ReplyEncoder {
  private let stage: ReplyStage
  /// What every chunk begins with, up to the inside of its `delta`.
  private let opening: [UInt8]
  private let head: [UInt8]
  private var hasBegun = false
  private var isOver = false
  private var isRefusal = false
  private var places = ChatBlockPlaces()
  /// The text of the open thought, until its seal comes; nil outside of one.
  private var thought: [UInt8]?
  private var textLength = ChatTextLength()
  /// The arguments of an open call of free text, which can only be unwrapped whole.
  private var freeform: [UInt8]?
  private var calls = 0
  private var usage: Usage?
  private(set) var losses = Losses()

  init(_ stage: ReplyStage) {
    self.stage = stage
    var writer = JSONWriter(reserving: 256)
    writer.object {
      $0.member("id", "chatcmpl-" + stage.requestID)
      $0.member("object", word: "chat.completion.chunk")
      $0.member("created", stage.createdAt)
      $0.member("model", stage.model)
    }
    var head = Array("data: ".utf8)
    head += writer.bytes.dropLast()
    self.head = head
    opening = head + Array(#","choices":[{"index":0,"delta":{"#.utf8)
  }

  mutating func encode(_ events: [ReplyEvent], into out: inout [UInt8]) {
    for event in events where !isOver { encode(event, into: &out) }
  }

  mutating func ping(into out: inout [UInt8]) {
    out.append(": ping\n\n")
  }

  private mutating func encode(_ event: ReplyEvent, into out: inout [UInt8]) {
    switch event {
    case .begin: begin(into: &out)
    case .open(let block): open(block, into: &out)
    case .text(let text):
      places.enter(isRefusal ? .refusal : .text)
      if isRefusal {
        delta("\"refusal\":\"", text, "\"", into: &out)
      } else {
        textLength.add(text)
        delta("\"content\":\"", text, "\"", into: &out)
      }
    case .thinking(let text):
      thought?.append(contentsOf: text.bytes)
      delta("\"reasoning_content\":\"", text, "\"", into: &out)
    case .arguments(let text):
      if freeform == nil {
        arguments(text, into: &out)
      } else {
        freeform?.append(contentsOf: text.bytes)
      }
    case .seal(let seal): encode(seal, into: &out)
    case .citation(let citation): encode(citation, into: &out)
    case .odds(let odds): encode(odds, into: &out)
    case .lost(let tag): losses.record(tag)
    case .close: close(into: &out)
    case .usage(let counted): usage = counted
    case .end(let reason): end(reason, into: &out)
    case .failed(let failure): fail(failure, into: &out)
    }
  }

  private mutating func begin(into out: inout [UInt8]) {
    guard !hasBegun else { return }
    hasBegun = true
    out.append(contentsOf: opening)
    out.append(#""role":"assistant","content":"""#)
    closeDelta(into: &out)
  }

  private mutating func open(_ block: ReplyBlock, into out: inout [UInt8]) {
    isRefusal = false
    thought = nil
    switch block {
    case .refusal: isRefusal = true
    case .toolCall(let id, let name, let seal):
      places.enter(.other)
      openCall(id, name, seal, into: &out)
    case .redactedThinking(let seal):
      places.enter(.other)
      tell(nil, seal, into: &out)
    case .thinking:
      places.enter(.other)
      thought = []
    case .unknown(let type, _): losses.record(type.string)
    case .text: break
    }
  }

  private mutating func openCall(
    _ id: JSONText, _ name: JSONText, _ seal: Seal?, into out: inout [UInt8]
  ) {
    begin(into: &out)
    let form = stage.toolForms[name]
    let isFreeform = form?.isFreeform == true
    freeform = isFreeform ? [] : nil
    let shown = form?.name ?? name
    chunk(into: &out) {
      $0.name("tool_calls")
      $0.array {
        $0.object {
          $0.member("index", calls)
          $0.member("id", id)
          $0.member("type", word: isFreeform ? "custom" : "function")
          if isFreeform { $0.name("custom") } else { $0.name("function") }
          $0.object {
            $0.member("name", shown)
            $0.member(isFreeform ? "input" : "arguments", word: "")
          }
          if let seal { $0.chat(google: seal.value) }
        }
      }
    }
    calls += 1
  }

  private mutating func close(into out: inout [UInt8]) {
    thought = nil
    guard let wrapped = freeform else { return }
    freeform = nil
    let text = FreeText.text(of: JSONText(escaped: wrapped[...]))
    guard !text.isEmpty else { return }
    chunk(into: &out) {
      $0.name("tool_calls")
      $0.array {
        $0.object {
          $0.member("index", calls - 1)
          $0.name("custom")
          $0.object { $0.member("input", text) }
        }
      }
    }
  }

  private mutating func encode(_ seal: Seal, into out: inout [UInt8]) {
    if let text = thought {
      thought = nil
      return tell(JSONText(escaped: text[...]), seal, into: &out)
    }
    guard seal.mint == .gemini else { return losses.record("text_seal") }
    begin(into: &out)
    chunk(into: &out) { $0.chat(google: seal.value) }
  }

  private mutating func tell(_ text: JSONText?, _ seal: Seal, into out: inout [UInt8]) {
    begin(into: &out)
    chunk(into: &out) {
      $0.name("reasoning_details")
      $0.array { $0.chat(reasoning: text, seal, index: places.current) }
    }
  }

  private mutating func encode(_ citation: Citation, into out: inout [UInt8]) {
    guard ChatCitation.canSay(citation) else { return losses.record("citations") }
    begin(into: &out)
    chunk(into: &out) {
      $0.name("annotations")
      $0.array { $0.chat(citation, length: textLength.characters) }
    }
  }

  /// Writes a chunk of one of the rarer kinds.
  private func chunk(into out: inout [UInt8], _ members: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    writer.object(members)
    out.append(contentsOf: opening)
    out.append(contentsOf: writer.bytes.dropFirst().dropLast())
    closeDelta(into: &out)
  }

  private mutating func delta(
    _ before: StaticString, _ text: JSONText, _ after: StaticString, into out: inout [UInt8]
  ) {
    guard !text.isEmpty else { return }
    if !hasBegun { begin(into: &out) }
    out.append(contentsOf: opening)
    out.append(before)
    out.append(contentsOf: text.bytes)
    out.append(after)
    closeDelta(into: &out)
  }

  private mutating func arguments(_ text: JSONText, into out: inout [UInt8]) {
    guard calls > 0, !text.isEmpty else { return }
    out.append(contentsOf: opening)
    out.append(#""tool_calls":[{"index":"#)
    out.append(decimal: calls - 1)
    out.append(#","function":{"arguments":""#)
    out.append(contentsOf: text.bytes)
    out.append(#""}}]"#)
    closeDelta(into: &out)
  }

  private mutating func encode(_ odds: [TokenOdds], into out: inout [UInt8]) {
    begin(into: &out)
    var writer = JSONWriter(reserving: 256 * odds.count)
    ChatOdds.write(odds, into: &writer)
    out.append(contentsOf: opening)
    out.append("},\"logprobs\":")
    out.append(contentsOf: writer.bytes.onOneLine)
    out.append(",\"finish_reason\":null}]}\n\n")
  }

  private func closeDelta(into out: inout [UInt8]) {
    out.append("},\"finish_reason\":null}]}\n\n")
  }

  private mutating func end(_ reason: StopReason, into out: inout [UInt8]) {
    begin(into: &out)
    isOver = true
    out.append(contentsOf: opening)
    out.append(#"},"finish_reason":""#)
    out.append(ChatFinish.word(for: reason, hasCalls: calls > 0))
    out.append("\"}]}\n\n")
    if stage.showsUsage {
      var writer = JSONWriter(reserving: 192)
      writer.chat(usage ?? Usage(input: stage.estimatedInputTokens))
      out.append(contentsOf: head)
      out.append(#","choices":[],"usage":"#)
      out.append(contentsOf: writer.bytes)
      out.append("}\n\n")
    }
    out.append("data: [DONE]\n\n")
  }

  /// An answer that broke off has no `[DONE]`: a client must not take it for a whole one.
  private mutating func fail(_ failure: Failure, into out: inout [UInt8]) {
    isOver = true
    out.append("data: ")
    out.append(contentsOf: ChatFailureEncoder.encode(failure).onOneLine)
    out.append("\n\n")
  }
}
