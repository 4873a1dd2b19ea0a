@testable import Dialects

/// Conversations in the hub's words, the same for the same seed.
struct RandomConversation {
  private var cuts: ChatCuts
  private var calls = 0

  private static let words: [JSONText] = [
    "Hello", "a \"b\" \\ c", "zwei\nZeilen", "東京 🎌", "{\"k\":1}", "tab\there", "é", "1", "</x>",
    "data: [DONE]",
  ]
  private static let inputs: [String] = [
    "{}", #"{"a":1}"#, #"{"a":"x\ny","b":[1,2.50,null]}"#, #"{"n":{"é":true}}"#,
  ]
  private static let names: [JSONText] = ["read_file", "run", "find-it"]

  static func make(seed: Int, origin: Dialect) -> Conversation {
    var random = RandomConversation(cuts: ChatCuts(seed: UInt64(seed) &* 7919 &+ 1))
    for _ in 0..<4 { _ = random.below(2) }
    return random.conversation(origin)
  }

  private mutating func below(_ bound: Int) -> Int { cuts.next(below: bound) }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  private mutating func text() -> JSONText {
    (0...below(3)).reduce(JSONText.empty) { text, _ in text + pick(Self.words) }
  }

  private mutating func conversation(_ origin: Dialect) -> Conversation {
    var conversation = Conversation(origin: origin, model: "m")
    if below(2) == 0 { conversation.instructions = [Instruction(text: text())] }
    for _ in 0...below(3) {
      conversation.turns.append(Turn(.user, user()))
      guard below(4) > 0 else { break }
      addAnswer(to: &conversation)
    }
    if conversation.turns.last?.role != .user {
      conversation.turns.append(Turn(.user, [Block(.text(text()))]))
    }
    merge(&conversation)
    conversation.tools = Self.names.map { name in
      Tool(
        name: name,
        kind: .function(
          description: "d",
          schema: JSONRaw(stringLiteral: #"{"type":"object","properties":{}}"#), isStrict: nil))
    }
    conversation.maximumTokens = 100 + below(4000)
    if below(3) == 0 { conversation.toolChoice = pick([.automatic, .any, .tool("run")]) }
    if below(3) == 0 { conversation.sampling.temperature = JSONRaw(stringLiteral: "0.5") }
    // Responses has no word for it.
    if below(3) == 0, origin != .responses { conversation.stopSequences = ["END"] }
    conversation.wantsStream = below(2) == 0
    return conversation
  }

  private mutating func user() -> [Block] {
    var blocks = [Block(.text(text()))]
    if below(4) == 0 {
      blocks.append(
        Block(.image(Media(.base64(mediaType: "image/png", "iVBORw0KGgo=")))))
    }
    if below(4) == 0 { blocks.append(Block(.text(text()))) }
    return blocks
  }

  /// An answer, and the results of what it called.
  private mutating func addAnswer(to conversation: inout Conversation) {
    var answer: [Block] = []
    if below(3) > 0 { answer.append(Block(.text(text()))) }
    var results: [Block] = []
    for _ in 0..<(answer.isEmpty ? 1 + below(2) : below(3)) {
      calls += 1
      let id = JSONText("call_\(calls)")
      answer.append(
        Block(
          .toolCall(
            ToolCall(
              id: id, name: pick(Self.names), input: JSONRaw(Array(pick(Self.inputs).utf8)[...])))))
      results.append(
        Block(.toolResult(ToolResult(callID: id, content: [Block(.text(text()))]))))
    }
    conversation.turns.append(Turn(.assistant, answer))
    if !results.isEmpty { conversation.turns.append(Turn(.user, results)) }
  }

  /// Turns of one role that follow one another are one turn.
  private func merge(_ conversation: inout Conversation) {
    var turns: [Turn] = []
    for turn in conversation.turns {
      if let last = turns.last, last.role == turn.role {
        turns[turns.count - 1].blocks += turn.blocks
      } else {
        turns.append(turn)
      }
    }
    conversation.turns = turns
  }
}
