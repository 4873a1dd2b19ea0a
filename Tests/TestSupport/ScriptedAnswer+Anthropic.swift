extension ScriptedAnswer {
  /// A reply in Anthropic Messages, whole.
  package static func anthropic(_ reply: ScriptedReply) -> ScriptedAnswer {
    AnthropicScript(reply: reply).whole
  }

  /// A reply in Anthropic Messages, streamed; `isTerminated` is the final `message_stop`.
  package static func anthropicStream(
    _ reply: ScriptedReply, isTerminated: Bool = true
  ) -> ScriptedAnswer {
    AnthropicScript(reply: reply).stream(isTerminated: isTerminated)
  }

  /// An error as Anthropic words it.
  package static func anthropicError(
    status: Int, type: String, message: String, retryAfter: String? = nil
  ) -> ScriptedAnswer {
    json(
      anthropicErrorBody(type, message), status: status,
      headers: retryAfter.map { [("retry-after", $0)] } ?? [])
  }

  /// A stream of Anthropic that says an error inside its 200 after `reply`'s deltas.
  package static func anthropicErrorInside200(
    after reply: ScriptedReply? = nil, type: String = "overloaded_error",
    message: String = "Overloaded"
  ) -> ScriptedAnswer {
    var spoken = reply ?? ScriptedReply([])
    spoken.stop = .never
    var answer = anthropicStream(spoken, isTerminated: false)
    if reply == nil { answer.steps = [] }
    let event = "event: error\ndata: \(anthropicErrorBody(type, message))\n\n"
    answer.steps.append(.bytes(Array(event.utf8)))
    return answer
  }

  private static func anthropicErrorBody(_ type: String, _ message: String) -> String {
    let error = "{\"type\":\"\(type)\",\"message\":\(quotedJSON(message))}"
    return "{\"type\":\"error\",\"error\":\(error),\"request_id\":\"req_scripted\"}"
  }
}

/// The wire form of a reply in Anthropic Messages.
private struct AnthropicScript {
  let reply: ScriptedReply

  var whole: ScriptedAnswer {
    let content = blocks.map { $0.whole }.joined(separator: ",")
    let counts = "\"input_tokens\":\(reply.inputTokens - reply.cachedTokens)"
    let cached = "\"cache_read_input_tokens\":\(reply.cachedTokens)"
    let usage = "{\(counts),\(cached),\"output_tokens\":\(reply.outputTokens)}"
    let ending = "\"stop_reason\":\(stopReason),\"stop_sequence\":null,\"usage\":\(usage)"
    return .json("{\(identity),\"content\":[\(content)],\(ending)}")
  }

  func stream(isTerminated: Bool) -> ScriptedAnswer {
    let counts = "\"input_tokens\":\(reply.inputTokens - reply.cachedTokens)"
    let cached = "\"cache_read_input_tokens\":\(reply.cachedTokens)"
    let usage = "{\(counts),\(cached),\"output_tokens\":1}"
    let ending = "\"stop_reason\":null,\"stop_sequence\":null,\"usage\":\(usage)"
    var events = [
      event("message_start", "\"message\":{\(identity),\"content\":[],\(ending)}"),
      event("ping", ""),
    ]
    for (index, block) in blocks.enumerated() {
      let start = "\"index\":\(index),\"content_block\":\(block.start)"
      events.append(event("content_block_start", start))
      events += block.deltas.map {
        event("content_block_delta", "\"index\":\(index),\"delta\":\($0)")
      }
      events.append(event("content_block_stop", "\"index\":\(index)"))
    }
    if case .never = reply.stop {
    } else {
      let delta = "\"delta\":{\"stop_reason\":\(stopReason),\"stop_sequence\":null}"
      let usage = "\"usage\":{\"output_tokens\":\(reply.outputTokens)}"
      events.append(event("message_delta", "\(delta),\(usage)"))
    }
    if isTerminated { events.append(event("message_stop", "")) }
    return .events(events)
  }

  /// One content block in its three forms.
  private struct Block {
    var start: String
    var deltas: [String]
    var whole: String
  }

  private var blocks: [Block] {
    reply.parts.flatMap { part -> [Block] in
      switch part {
      case .thinking(let text): [thinking(text)]
      case .text(let text): [self.text(text)]
      case .tool(let id, let name, let arguments): [tool(id, name, arguments)]
      case .parallelTools(let tools): tools.map { tool($0.id, $0.name, $0.arguments) }
      }
    }
  }

  private func thinking(_ text: String) -> Block {
    let signature = "\"c2NyaXB0ZWQgc2lnbmF0dXJl\""
    var deltas = reply.pieces(text).map {
      "{\"type\":\"thinking_delta\",\"thinking\":\(quotedJSON($0))}"
    }
    deltas.append("{\"type\":\"signature_delta\",\"signature\":\(signature)}")
    let content = "\"thinking\":\(quotedJSON(text)),\"signature\":\(signature)"
    return Block(
      start: #"{"type":"thinking","thinking":"","signature":""}"#, deltas: deltas,
      whole: "{\"type\":\"thinking\",\(content)}")
  }

  private func text(_ text: String) -> Block {
    Block(
      start: #"{"type":"text","text":""}"#,
      deltas: reply.pieces(text).map { "{\"type\":\"text_delta\",\"text\":\(quotedJSON($0))}" },
      whole: "{\"type\":\"text\",\"text\":\(quotedJSON(text))}")
  }

  private func tool(_ id: String, _ name: String, _ arguments: String) -> Block {
    let head = "\"type\":\"tool_use\",\"id\":\(quotedJSON(id)),\"name\":\(quotedJSON(name))"
    return Block(
      start: "{\(head),\"input\":{}}",
      deltas: reply.pieces(arguments).map {
        "{\"type\":\"input_json_delta\",\"partial_json\":\(quotedJSON($0))}"
      },
      whole: "{\(head),\"input\":\(arguments)}")
  }

  private var identity: String {
    let id = quotedJSON("msg_\(reply.id)")
    let model = quotedJSON(reply.model)
    return "\"id\":\(id),\"type\":\"message\",\"role\":\"assistant\",\"model\":\(model)"
  }

  private func event(_ name: String, _ members: String) -> String {
    let rest = members.isEmpty ? "" : ",\(members)"
    return "event: \(name)\ndata: {\"type\":\"\(name)\"\(rest)}\n\n"
  }

  private var stopReason: String {
    switch reply.stop {
    case .finished: "\"end_turn\""
    case .tools: "\"tool_use\""
    case .length: "\"max_tokens\""
    case .filtered: "\"refusal\""
    case .never: "null"
    }
  }
}
