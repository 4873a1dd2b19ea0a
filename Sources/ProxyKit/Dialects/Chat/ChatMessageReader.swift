/// Reads what a `delta` or a whole `message` says.
enum ChatMessageReader {
  static func read(
    _ message: ChatNode, isWhole: Bool, into assembly: inout ChatReplyAssembly,
    _ events: inout [ReplyEvent]
  ) throws(Failure) {
    try readThinking(of: message, into: &assembly, &events)
    if let content = message["content"] {
      try read(content: content, into: &assembly, &events)
    }
    if let seal = ChatGoogleSeal.read(message["extra_content"]) {
      try assembly.add(.textSeal(seal), into: &events)
    }
    if let annotations = message["annotations"] {
      for annotation in annotations.elements {
        try assembly.add(.citation(ChatCitation.read(annotation)), into: &events)
      }
    }
    if message["audio"] != nil { try assembly.add(.lost("audio_output"), into: &events) }
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
    if isWhole, fragment.name != nil, !fragment.isFreeText {
      fragment.arguments = ChatArguments.text(from: fragment.arguments ?? .empty)
    }
    try assembly.add(fragment, into: &events)
  }

  /// The reasoning, which three kinds of servers name in three ways, some in two at once; only one
  /// of them also says what proves it.
  private static func readThinking(
    of message: ChatNode, into assembly: inout ChatReplyAssembly, _ events: inout [ReplyEvent]
  ) throws(Failure) {
    let plain = message["reasoning_content"]?.someText ?? message["reasoning"]?.someText
    guard let list = message["reasoning_details"] else {
      if let plain { try assembly.add(.thinking, plain, into: &events) }
      return
    }
    let details = list.elements.compactMap { ChatReasoningDetail($0) }
    if let plain, details.allSatisfy({ $0.text == nil }) {
      try assembly.add(.thinking, plain, into: &events)
    }
    for detail in details {
      if let text = detail.text { try assembly.add(detailed: text, into: &events) }
      guard let seal = detail.seal else { continue }
      if let call = detail.sealedCall {
        try assembly.add(seal, of: call)
      } else if detail.kind == .encrypted || detail.kind == .other {
        try assembly.add(.sealed(seal), into: &events)
      } else {
        try assembly.add(.seal(seal), into: &events)
      }
    }
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
