/// Reads what a `delta` or a whole `message` says.
enum ChatMessageReader {
  static func read(
    _ message: ChatNode, isWhole: Bool, into assembly: inout ChatReplyAssembly,
    _ events: inout [ReplyEvent]
  ) throws(Failure) {
    if let thinking = thinking(message) {
      try assembly.add(.thinking, thinking, into: &events)
    }
    if let content = message["content"] {
      try read(content: content, into: &assembly, &events)
    }
    if let refusal = message["refusal"]?.text {
      try assembly.add(.refusal, refusal, into: &events)
    }
    if let calls = message["tool_calls"] {
      for call in calls.elements {
        try add(ChatCallFragment(call), isWhole, into: &assembly, &events)
      }
    }
    if let call = message["function_call"] {
      try add(ChatCallFragment(legacy: call), isWhole, into: &assembly, &events)
    }
  }

  private static func add(
    _ fragment: ChatCallFragment, _ isWhole: Bool, into assembly: inout ChatReplyAssembly,
    _ events: inout [ReplyEvent]
  ) throws(Failure) {
    var fragment = fragment
    if isWhole, fragment.name != nil {
      fragment.arguments = ChatArguments.text(from: fragment.arguments ?? .empty)
    }
    try assembly.add(fragment, into: &events)
  }

  /// The reasoning, which three kinds of servers name in three ways, some in two at once.
  private static func thinking(_ message: ChatNode) -> JSONText? {
    if let text = message["reasoning_content"]?.someText { return text }
    if let text = message["reasoning"]?.someText { return text }
    guard let details = message["reasoning_details"] else { return nil }
    return details.elements.compactMap { $0["text"]?.someText ?? $0["summary"]?.someText }
      .reduce(.empty, +)
  }

  /// Content is a string, or parts from servers that stream them.
  private static func read(
    content: ChatNode, into assembly: inout ChatReplyAssembly, _ events: inout [ReplyEvent]
  ) throws(Failure) {
    if let text = content.text { return try assembly.add(.text, text, into: &events) }
    for part in content.elements {
      if let thinking = part["thinking"] {
        let text =
          thinking.text
          ?? thinking.elements.compactMap { $0["text"]?.text }.reduce(.empty, +)
        try assembly.add(.thinking, text, into: &events)
      } else if let text = part["text"]?.text {
        try assembly.add(.text, text, into: &events)
      } else if let refusal = part["refusal"]?.text {
        try assembly.add(.refusal, refusal, into: &events)
      }
    }
  }
}
