/// Puts what the deltas of a reply say into blocks that follow one another.
///
/// Only one block is open at a time. A tool call keeps its place until its arguments are complete;
/// what arrives in the meantime (a parallel call, text) waits for its turn, so that every byte of
/// every block reaches the client once and in its own block.
struct ChatReplyAssembly {
  /// A block that consists of text.
  enum Prose {
    case text, thinking, refusal
  }

  /// What belongs to a block, or is one, without being text of it.
  enum Note {
    /// Proves the thought before it, or is a thought without words.
    case seal(Seal)
    /// Proves the text before it.
    case textSeal(Seal)
    /// A thought that only its mint can read; OpenAI's may be the proof of a summary before it.
    case sealed(Seal)
    case citation(Citation)
    case odds([TokenOdds])
    case lost(String)
  }

  private enum Open: Equatable {
    case nothing
    case prose(Prose)
    case call(Int)
  }

  private enum Waiting {
    case prose(Prose, JSONText)
    case note(Note)
    case call(Int)
  }

  static let maximumCalls = 129

  var id: JSONText?
  var model: JSONText?
  /// Tells apart replies of servers that give them no id.
  var createdAt = 0
  /// Whether the next text begins with the tag that ends a thought.
  var expectsThoughtEnd = false
  private(set) var hasBegun = false
  private(set) var hasCalls = false
  private var open = Open.nothing
  private var calls: [ChatCall] = []
  private var waiting: [Waiting] = []
  private var waitingBytes = 0
  /// Seals of calls that a router told apart from them.
  private var callSeals: [JSONText: Seal] = [:]
  private var hasThoughts = false
  private var hasDetailedThoughts = false

  /// Announces the reply; the first block does it by itself.
  mutating func begin(into events: inout [ReplyEvent]) {
    guard !hasBegun else { return }
    hasBegun = true
    events.append(.begin(id: id, model: model))
  }

  mutating func add(
    _ prose: Prose, _ text: JSONText, into events: inout [ReplyEvent]
  ) throws(Failure) {
    guard !text.isEmpty else { return }
    if open == .prose(prose), waiting.isEmpty {
      events.append(prose == .thinking ? .thinking(text) : .text(text))
      return
    }
    guard waiting.isEmpty, !isOpenCallIncomplete else {
      try wait(for: text.bytes.count)
      waiting.append(.prose(prose, text))
      return
    }
    write(prose, text, into: &events)
  }

  /// Adds a thought that is told together with what proves it; some servers told it before,
  /// plainly and piece by piece.
  mutating func add(
    detailed thought: JSONText, into events: inout [ReplyEvent]
  ) throws(Failure) {
    guard hasDetailedThoughts || !hasThoughts else { return }
    hasDetailedThoughts = true
    try add(.thinking, thought, into: &events)
  }

  mutating func add(_ note: Note, into events: inout [ReplyEvent]) throws(Failure) {
    guard waiting.isEmpty, !isOpenCallIncomplete else {
      try wait(for: 64)
      waiting.append(.note(note))
      return
    }
    write(note, into: &events)
  }

  /// Keeps the seal of a call that is to come.
  mutating func add(_ seal: Seal, of call: JSONText) throws(Failure) {
    try wait(for: seal.value.bytes.count)
    callSeals[call] = seal
  }

  mutating func add(
    _ fragment: ChatCallFragment, into events: inout [ReplyEvent]
  ) throws(Failure) {
    let place = try place(of: fragment)
    if !calls[place].isOver { calls[place].take(fragment) }
    if open == .call(place) { calls[place].arguments.release(into: &events) }
    if open != .call(place) || calls[place].arguments.isHeldBack {
      try wait(for: fragment.arguments?.bytes.count ?? 0)
    }
    try drain(isLast: false, into: &events)
  }

  /// Writes what still waits and closes the last block.
  mutating func close(into events: inout [ReplyEvent]) throws(Failure) {
    try drain(isLast: true, into: &events)
    closeOpenBlock(into: &events)
    if !callSeals.isEmpty { events.append(.lost("tool_call_seal")) }
  }

  private var isOpenCallIncomplete: Bool {
    guard case .call(let index) = open else { return false }
    return !calls[index].arguments.isComplete
  }

  /// Nothing that a stranger sends is kept without bound, counted over the whole reply.
  private mutating func wait(for count: Int) throws(Failure) {
    waitingBytes += count
    guard waitingBytes <= SSEFramer.maximumEvent else {
      throw Failure(
        .upstream, origin: .upstream, status: 502, retry: .sameDeployment,
        "The upstream sent more of its tool calls out of turn than can be kept waiting.")
    }
  }

  private mutating func write(
    _ prose: Prose, _ text: JSONText, into events: inout [ReplyEvent]
  ) {
    open(prose, into: &events)
    events.append(prose == .thinking ? .thinking(text) : .text(text))
  }

  private mutating func open(_ prose: Prose, into events: inout [ReplyEvent]) {
    guard open != .prose(prose) else { return }
    closeOpenBlock(into: &events)
    begin(into: &events)
    open = .prose(prose)
    switch prose {
    case .text: events.append(.open(.text))
    case .thinking:
      hasThoughts = true
      events.append(.open(.thinking))
    case .refusal: events.append(.open(.refusal))
    }
  }

  private mutating func write(_ note: Note, into events: inout [ReplyEvent]) {
    switch note {
    case .seal(let seal):
      if open != .prose(.thinking) { openThought(into: &events) }
      end(with: seal, into: &events)
    case .sealed(let seal):
      if seal.mint == .openai, open == .prose(.thinking) {
        return end(with: seal, into: &events)
      }
      closeOpenBlock(into: &events)
      begin(into: &events)
      events.append(.open(.redactedThinking(seal)))
      events.append(.close)
    case .textSeal(let seal):
      guard open == .prose(.text) else { return events.append(.lost("text_seal")) }
      end(with: seal, into: &events)
    case .citation(let citation):
      open(.text, into: &events)
      events.append(.citation(citation))
    case .odds(let odds):
      begin(into: &events)
      events.append(.odds(odds))
    case .lost(let tag): events.append(.lost(tag))
    }
  }

  private mutating func openThought(into events: inout [ReplyEvent]) {
    closeOpenBlock(into: &events)
    begin(into: &events)
    events.append(.open(.thinking))
    open = .prose(.thinking)
  }

  /// What is sealed is whole.
  private mutating func end(with seal: Seal, into events: inout [ReplyEvent]) {
    events.append(.seal(seal))
    closeOpenBlock(into: &events)
  }

  private mutating func closeOpenBlock(into events: inout [ReplyEvent]) {
    if open == .nothing { return }
    if case .call(let index) = open {
      calls[index].endFreeText()
      calls[index].arguments.finish(into: &events)
      calls[index].isOver = true
    }
    events.append(.close)
    open = .nothing
  }

  private mutating func drain(
    isLast: Bool, into events: inout [ReplyEvent]
  ) throws(Failure) {
    var done = 0
    defer { waiting.removeFirst(done) }
    while done < waiting.count, isLast || !isOpenCallIncomplete {
      switch waiting[done] {
      case .prose(let prose, let text): write(prose, text, into: &events)
      case .note(let note): write(note, into: &events)
      case .call(let index):
        guard isLast || calls[index].isReady else { return }
        try openCall(index, into: &events)
      }
      done += 1
    }
  }

  private mutating func openCall(
    _ index: Int, into events: inout [ReplyEvent]
  ) throws(Failure) {
    guard let name = calls[index].name else {
      guard calls[index].arguments.isBlank else {
        throw Failure(
          .upstream, origin: .upstream, status: 502, retry: .sameDeployment,
          "The upstream called a tool without naming it.")
      }
      calls[index].isOver = true
      return
    }
    closeOpenBlock(into: &events)
    begin(into: &events)
    let own = calls[index].id
    let id = uniqueID(of: index, name)
    calls[index].id = id
    calls[index].isOpen = true
    let seal = calls[index].seal ?? own.flatMap { callSeals.removeValue(forKey: $0) }
    events.append(.open(.toolCall(id: id, name: name, seal: seal)))
    calls[index].arguments.release(into: &events)
    open = .call(index)
    hasCalls = true
  }

  /// The call's own id, or one made from the reply when it has none or shares another call's.
  private func uniqueID(of index: Int, _ name: JSONText) -> JSONText {
    if let own = calls[index].id, !calls.contains(where: { $0.isOpen && $0.id == own }) {
      return own
    }
    var seed = Fingerprint()
    seed.take(id ?? .empty)
    seed.take(name)
    seed.take(calls[index].arguments.pendingText)
    seed.take(createdAt)
    seed.take(index)
    return JSONText("call_" + seed.hexadecimal)
  }
}

/// Which call a fragment belongs to.
extension ChatReplyAssembly {
  private mutating func place(of fragment: ChatCallFragment) throws(Failure) -> Int {
    if let found = find(fragment), !calls[found].isFollowed(by: fragment) { return found }
    guard calls.count < Self.maximumCalls else {
      throw Failure(
        .upstream, origin: .upstream, status: 502, retry: .sameDeployment,
        "The upstream called more than \(Self.maximumCalls) tools in one reply.")
    }
    calls.append(ChatCall(key: fragment.key))
    waiting.append(.call(calls.count - 1))
    return calls.count - 1
  }

  private func find(_ fragment: ChatCallFragment) -> Int? {
    if let key = fragment.key { return calls.lastIndex { $0.key == key } }
    if let id = fragment.id {
      if let known = calls.lastIndex(where: { $0.id == id }) { return known }
      if fragment.name != nil { return nil }
    }
    return calls.indices.last
  }
}
