extension ScriptedAnswer {
  /// A reply in OpenAI Chat Completions, whole.
  package static func openAIChat(_ reply: ScriptedReply) -> ScriptedAnswer {
    OpenAIChatScript(reply: reply).whole
  }

  /// A reply in OpenAI Chat Completions, streamed; `isTerminated` is the final `[DONE]`.
  package static func openAIChatStream(
    _ reply: ScriptedReply, isTerminated: Bool = true
  ) -> ScriptedAnswer {
    OpenAIChatScript(reply: reply).stream(isTerminated: isTerminated)
  }

  /// An error as OpenAI words it.
  package static func openAIError(
    status: Int, type: String = "invalid_request_error", code: String? = nil,
    message: String, retryAfter: String? = nil
  ) -> ScriptedAnswer {
    let code = code.map(quotedJSON) ?? "null"
    let members = "\"message\":\(quotedJSON(message)),\"type\":\"\(type)\""
    return json(
      "{\"error\":{\(members),\"param\":null,\"code\":\(code)}}", status: status,
      headers: retryAfter.map { [("retry-after", $0)] } ?? [])
  }

  /// A stream of OpenAI Chat that says an error inside its 200 after `reply`'s deltas.
  package static func openAIErrorInside200(
    after reply: ScriptedReply? = nil, message: String = "The server is overloaded"
  ) -> ScriptedAnswer {
    var spoken = reply ?? ScriptedReply([])
    spoken.stop = .never
    spoken.reportsUsage = false
    var answer = openAIChatStream(spoken, isTerminated: false)
    if reply == nil { answer.steps = [] }
    let members = "\"message\":\(quotedJSON(message)),\"type\":\"server_error\",\"code\":503"
    answer.steps.append(.bytes(Array("data: {\"error\":{\(members)}}\n\n".utf8)))
    return answer
  }
}

/// The wire form of a reply in OpenAI Chat Completions.
private struct OpenAIChatScript {
  let reply: ScriptedReply

  var whole: ScriptedAnswer {
    var text = ""
    var thinking = ""
    var calls: [String] = []
    for part in reply.parts {
      switch part {
      case .text(let more): text += more
      case .thinking(let more): thinking += more
      case .tool(let id, let name, let arguments): calls.append(call(id, name, arguments))
      case .parallelTools(let tools): calls += tools.map { call($0.id, $0.name, $0.arguments) }
      }
    }
    var message = "\"role\":\"assistant\",\"content\":\(text.isEmpty ? "null" : quotedJSON(text))"
    if !thinking.isEmpty { message += ",\"reasoning_content\":\(quotedJSON(thinking))" }
    if !calls.isEmpty { message += ",\"tool_calls\":[\(calls.joined(separator: ","))]" }
    let choice = "{\"index\":0,\"message\":{\(message)},\"finish_reason\":\(finishReason)}"
    let usage = reply.reportsUsage ? ",\"usage\":\(usage)" : ""
    return .json("{\(identity("chat.completion")),\"choices\":[\(choice)]\(usage)}")
  }

  func stream(isTerminated: Bool) -> ScriptedAnswer {
    var events = [chunk(delta: #"{"role":"assistant","content":""}"#)]
    var index = 0
    for part in reply.parts {
      switch part {
      case .text(let text):
        events += reply.pieces(text).map { chunk(delta: "{\"content\":\(quotedJSON($0))}") }
      case .thinking(let text):
        events += reply.pieces(text).map {
          chunk(delta: "{\"reasoning_content\":\(quotedJSON($0))}")
        }
      case .tool(let id, let name, let arguments):
        events += toolChunks([(id, name, arguments)], from: &index)
      case .parallelTools(let tools): events += toolChunks(tools, from: &index)
      }
    }
    if case .never = reply.stop {} else { events.append(chunk(delta: "{}", finish: finishReason)) }
    if reply.reportsUsage {
      events.append("data: {\(identity(chunkObject)),\"choices\":[],\"usage\":\(usage)}\n\n")
    }
    if isTerminated { events.append("data: [DONE]\n\n") }
    return .events(events)
  }

  private let chunkObject = "chat.completion.chunk"

  init(reply: ScriptedReply) {
    self.reply = reply
  }

  private func identity(_ object: String) -> String {
    let id = quotedJSON("chatcmpl-\(reply.id)")
    let model = quotedJSON(reply.model)
    return "\"id\":\(id),\"object\":\"\(object)\",\"created\":1790000000,\"model\":\(model)"
  }

  private func chunk(delta: String, finish: String = "null") -> String {
    let choice = "{\"index\":0,\"delta\":\(delta),\"logprobs\":null,\"finish_reason\":\(finish)}"
    return "data: {\(identity(chunkObject)),\"choices\":[\(choice)]}\n\n"
  }

  private func call(_ id: String, _ name: String, _ arguments: String) -> String {
    let function = "{\"name\":\(quotedJSON(name)),\"arguments\":\(quotedJSON(arguments))}"
    return "{\"id\":\(quotedJSON(id)),\"type\":\"function\",\"function\":\(function)}"
  }

  /// The first chunks name the calls; then their arguments take turns.
  private func toolChunks(
    _ tools: [(id: String, name: String, arguments: String)], from index: inout Int
  ) -> [String] {
    let first = index
    index += tools.count
    var events = tools.enumerated().map { offset, tool in
      let function = "{\"name\":\(quotedJSON(tool.name)),\"arguments\":\"\"}"
      let members = "\"id\":\(quotedJSON(tool.id)),\"type\":\"function\",\"function\":\(function)"
      return chunk(delta: "{\"tool_calls\":[{\"index\":\(first + offset),\(members)}]}")
    }
    let arguments = tools.map { reply.pieces($0.arguments) }
    for turn in 0..<(arguments.map(\.count).max() ?? 0) {
      for (offset, pieces) in arguments.enumerated() where turn < pieces.count {
        let function = "{\"arguments\":\(quotedJSON(pieces[turn]))}"
        let members = "\"index\":\(first + offset),\"function\":\(function)"
        events.append(chunk(delta: "{\"tool_calls\":[{\(members)}]}"))
      }
    }
    return events
  }

  private var finishReason: String {
    switch reply.stop {
    case .finished: "\"stop\""
    case .tools: "\"tool_calls\""
    case .length: "\"length\""
    case .filtered: "\"content_filter\""
    case .never: "null"
    }
  }

  private var usage: String {
    let total = reply.inputTokens + reply.outputTokens
    let counts =
      "\"prompt_tokens\":\(reply.inputTokens),\"completion_tokens\":\(reply.outputTokens)"
    let details = "\"prompt_tokens_details\":{\"cached_tokens\":\(reply.cachedTokens)}"
    return "{\(counts),\"total_tokens\":\(total),\(details)}"
  }
}
