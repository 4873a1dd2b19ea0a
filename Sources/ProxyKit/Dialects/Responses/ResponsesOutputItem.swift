/// One item of a reply's output in the making.
struct ResponsesOutputItem {
  enum Kind {
    case message, reasoning, call, customCall
    /// An item that only its own language knows.
    case other(JSONText)
  }

  /// What a piece of text belongs to.
  enum Slot: Equatable {
    case text, refusal, summary, thought

    var isThinking: Bool { self == .summary || self == .thought }
  }

  private enum Open: Equatable {
    case nothing
    case prose(Slot, part: Int)
    case call
  }

  /// No item has more parts than these.
  static let maximumParts = 4096

  let index: Int?
  var id: JSONText?
  private(set) var kind: Kind
  private(set) var isDone = false
  private var open = Open.nothing
  /// How many bytes of each part have been told.
  private var counts: [Int] = []
  /// The last piece that was told, by which a whole text is known to be the same one.
  private var last = JSONText.empty
  private var citations = 0
  /// Where the thoughts of this item come from; a server may tell them twice, in two ways.
  private var thinkingSlot: Slot?
  private var arguments = ChatArguments()
  private var argumentBytes = 0
  /// The call that the client was told of.
  private var callID: JSONText?
  /// Free text of a call that has no name yet.
  private var heldInput = JSONText.empty

  init(index: Int?, id: JSONText?, kind: Kind) {
    self.index = index
    self.id = id
    self.kind = kind
  }

  /// An item as its `type` names it.
  init(index: Int?, _ node: ChatNode) {
    let type = node["type"]?.someText ?? "message"
    let kind: Kind =
      switch type.string {
      case "message": .message
      case "reasoning": .reasoning
      case "function_call": .call
      case "custom_tool_call": .customCall
      default: .other(type)
      }
    self.init(index: index, id: node["id"]?.someText, kind: kind)
  }

  var isCall: Bool {
    switch kind {
    case .call, .customCall: true
    case .message, .reasoning, .other: false
    }
  }

  /// Tells a piece of text.
  mutating func add(
    _ slot: Slot, _ part: Int, _ text: JSONText, into events: inout [ReplyEvent]
  ) {
    guard !text.isEmpty, part >= 0, part < Self.maximumParts else { return }
    if open == .prose(slot, part: part) {
      last = text
      counts[part] += text.bytes.count
      events.append(slot.isThinking ? .thinking(text) : .text(text))
      return
    }
    begin(slot, part, text, into: &events)
  }

  private mutating func begin(
    _ slot: Slot, _ part: Int, _ text: JSONText, into events: inout [ReplyEvent]
  ) {
    // A call says nothing beside its arguments, and what is done says nothing more.
    guard !isCall, !isDone else { return events.append(.lost("misplaced_text")) }
    while counts.count <= part { counts.append(0) }
    guard slot.isThinking else {
      last = text
      close(into: &events)
      events.append(.open(slot == .text ? .text : .refusal))
      events.append(.text(text))
      counts[part] += text.bytes.count
      open = .prose(slot, part: part)
      citations = 0
      return
    }
    guard thinkingSlot == nil || thinkingSlot == slot else { return }
    last = text
    if case .prose(let last, _) = open, last.isThinking {
      events.append(.thinking("\n\n"))
    } else {
      close(into: &events)
      events.append(.open(.thinking))
    }
    thinkingSlot = slot
    events.append(.thinking(text))
    counts[part] += text.bytes.count
    open = .prose(slot, part: part)
  }

  /// Tells what is missing of a part, now that it is known whole.
  mutating func complete(
    _ slot: Slot, _ part: Int, _ whole: JSONText, into events: inout [ReplyEvent]
  ) {
    guard part >= 0, part < Self.maximumParts else { return }
    let told = part < counts.count ? counts[part] : 0
    if let rest = rest(of: whole, after: told) { add(slot, part, rest, into: &events) }
  }

  /// What follows the first bytes of a text; nil when there is nothing, or when what was told is
  /// not how the text begins (a server may spell one character in two ways).
  private func rest(of whole: JSONText, after told: Int) -> JSONText? {
    guard told < whole.bytes.count else { return nil }
    let place = whole.bytes.startIndex + told
    let before = whole.bytes[..<place]
    let same = before.suffix(last.bytes.count)
    guard told == 0 || same.elementsEqual(last.bytes) else { return nil }
    // Another text may have an escape here, which cannot be cut in two.
    let slashes = before.reversed().prefix { $0 == UInt8(ascii: "\\") }
    guard slashes.count % 2 == 0 else { return nil }
    return JSONText(escaped: whole.bytes[place...])
  }

  mutating func cite(_ annotation: ChatNode, into events: inout [ReplyEvent]) {
    guard case .prose(.text, _) = open else {
      events.append(.lost("citations"))
      return
    }
    citations += 1
    events.append(.citation(Self.citation(annotation)))
  }

  private static func citation(_ annotation: ChatNode) -> Citation {
    var span: Range<Int>?
    if let start = annotation["start_index"]?.integer, let end = annotation["end_index"]?.integer,
      start >= 0, start <= end
    {
      span = start..<end
    }
    return Citation(
      origin: .responses, raw: JSONRaw(Array(annotation.raw.bytes)[...]),
      url: annotation["url"]?.someText, title: annotation["title"]?.someText, span: span)
  }

  /// Closes the block that is open.
  mutating func close(into events: inout [ReplyEvent]) {
    switch open {
    case .nothing: return
    case .prose: break
    case .call:
      if case .customCall = kind {
        events.append(.arguments(ResponsesFreeform.closing))
      } else {
        arguments.finish(into: &events)
      }
    }
    events.append(.close)
    open = .nothing
  }

  /// Ends the item; nothing more can be said in it.
  mutating func finish(into events: inout [ReplyEvent]) {
    close(into: &events)
    isDone = true
  }
}

/// Calls.
extension ResponsesOutputItem {
  /// Announces the call.
  mutating func openCall(_ id: JSONText, _ name: JSONText, into events: inout [ReplyEvent]) {
    guard callID == nil else { return }
    callID = id
    events.append(.open(.toolCall(id: id, name: name)))
    open = .call
    if case .customCall = kind { events.append(.arguments(ResponsesFreeform.opening)) }
    release(into: &events)
  }

  var isAnnounced: Bool { callID != nil }

  /// Whether arguments came for a call that has no name.
  var isNamelessCall: Bool { isCall && callID == nil && argumentBytes > 0 }

  mutating func addArguments(_ text: JSONText, into events: inout [ReplyEvent]) {
    guard !isDone, !text.isEmpty else { return }
    last = text
    // A call without a name has its arguments told when it gets one.
    guard callID != nil else {
      argumentBytes += text.bytes.count
      if case .customCall = kind { heldInput = heldInput + text } else { arguments.append(text) }
      return
    }
    argumentBytes += text.bytes.count
    guard case .customCall = kind else {
      arguments.append(text)
      arguments.release(into: &events)
      return
    }
    events.append(.arguments(JSONText(escaping: text.bytes)))
  }

  private mutating func release(into events: inout [ReplyEvent]) {
    guard case .customCall = kind else { return arguments.release(into: &events) }
    if !heldInput.isEmpty { events.append(.arguments(JSONText(escaping: heldInput.bytes))) }
    heldInput = .empty
  }

  /// Tells what is missing of the arguments, now that they are known whole.
  mutating func completeArguments(_ whole: JSONText, into events: inout [ReplyEvent]) {
    if let rest = rest(of: whole, after: argumentBytes) {
      addArguments(rest, into: &events)
    }
  }
}

/// Whole items.
extension ResponsesOutputItem {
  /// Tells what is missing of a message or a thought, and ends it.
  mutating func complete(_ node: ChatNode, into events: inout [ReplyEvent]) {
    guard !isDone else { return }
    if id == nil { id = node["id"]?.someText }
    switch kind {
    case .message: completeMessage(node, into: &events)
    case .reasoning: completeReasoning(node, into: &events)
    case .call:
      if let text = node["arguments"].map(Self.argumentText) {
        completeArguments(text, into: &events)
      }
    case .customCall:
      if let text = node["input"]?.text { completeArguments(text, into: &events) }
    case .other(let type): events.append(.lost(type.string))
    }
    finish(into: &events)
  }

  /// Some servers send the arguments as an object.
  private static func argumentText(_ node: ChatNode) -> JSONText {
    node.text ?? JSONText(escaping: node.raw.bytes)
  }

  private mutating func completeMessage(_ node: ChatNode, into events: inout [ReplyEvent]) {
    guard let content = node["content"] else { return }
    if let text = content.someText { complete(.text, 0, text, into: &events) }
    for (part, value) in content.elements.enumerated() {
      if let refusal = value["refusal"]?.someText {
        complete(.refusal, part, refusal, into: &events)
      } else if let text = value["text"]?.someText {
        complete(.text, part, text, into: &events)
        completeCitations(value, part, into: &events)
        if value["logprobs"]?.elements.first(where: { _ in true }) != nil {
          events.append(.lost("logprobs"))
        }
      }
    }
  }

  private mutating func completeCitations(
    _ value: ChatNode, _ part: Int, into events: inout [ReplyEvent]
  ) {
    guard open == .prose(.text, part: part), let annotations = value["annotations"] else { return }
    for annotation in annotations.elements.map({ $0 }).dropFirst(citations) {
      cite(annotation, into: &events)
    }
  }

  private mutating func completeReasoning(_ node: ChatNode, into events: inout [ReplyEvent]) {
    for (slot, list) in [(Slot.summary, node["summary"]), (.thought, node["content"])] {
      guard thinkingSlot == nil || thinkingSlot == slot, let list else { continue }
      for (part, value) in list.elements.enumerated() {
        if let text = value["text"]?.someText { complete(slot, part, text, into: &events) }
      }
    }
    guard let token = node["encrypted_content"]?.someText else { return }
    let seal = Seal(.openai, id: id, token)
    if case .prose(let last, _) = open, last.isThinking {
      events.append(.seal(seal))
    } else {
      close(into: &events)
      events.append(.open(.redactedThinking(seal)))
      events.append(.close)
    }
  }
}
