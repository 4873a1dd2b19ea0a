/// Passes a client's request on in its own bytes, changed only where the route must.
struct ChatRequestPass {
  private let root: JSONValue
  private let target: Target
  private var edits: BodyEdits
  private var losses = Losses()

  static func pass(_ document: JSONDocument, for target: Target) -> PassedRequest {
    var pass = ChatRequestPass(
      root: document.root, target: target, edits: BodyEdits(document))
    return pass.run()
  }

  private mutating func run() -> PassedRequest {
    // A name given twice must not reach a server that reads the other one.
    for (name, value) in root.members where name.equals("model") {
      guard value.string != target.model else { continue }
      edits.replace(value, by: JSONText(target.model))
    }
    let hidesUsage = changeStreamOptions()
    changeEffort()
    removeMembers()
    changeTools()
    changeMessages()
    return PassedRequest(body: edits.body, hidesUsage: hidesUsage, losses: losses)
  }

  /// Asks for usage in a stream; true when the client did not ask for it itself.
  private mutating func changeStreamOptions() -> Bool {
    let options = root.member("stream_options")
    guard !target.omitsStreamOptions, root["stream"]?.bool == true else { return false }
    guard let options else {
      edits.append(Array(#""stream_options":{"include_usage":true}"#.utf8), to: root)
      return true
    }
    if options.isNull {
      edits.replace(options, by: Array(#"{"include_usage":true}"#.utf8))
      return true
    }
    guard options.kind == .object, options["include_usage"]?.bool != true else { return false }
    if let asked = options.member("include_usage") {
      edits.replace(asked, by: Array("true".utf8))
    } else {
      let asked =
        options.members.isEmpty ? #""include_usage":true"# : #""include_usage":true,"#
      edits.insert(Array(asked.utf8), at: options.range.lowerBound + 1)
    }
    return true
  }

  private var isGLM: Bool { target.quirks.contains(.glmThinking) }

  /// Says the effort as the server takes it.
  private mutating func changeEffort() {
    guard let effort = root["reasoning_effort"], let wish = effort.text else { return }
    if isGLM {
      if !wish.equals("none") { losses.record("effort") }
      guard root["thinking"] == nil, root["model"] != nil else { return }
      let thinking =
        wish.equals("none")
        ? #""thinking":{"type":"disabled"}"#
        : #""thinking":{"type":"enabled","clear_thinking":false}"#
      edits.append(Array(thinking.utf8), to: root)
    } else if target.quirks.contains(.googleThinking) {
      let known = ChatReasoningPlan.google(wish)
      guard known != wish else { return }
      losses.record("effort")
      edits.replace(effort, by: known)
    }
  }

  /// Takes out what the server refuses to see.
  private mutating func removeMembers() {
    let omitsStreamOptions = target.omitsStreamOptions
    let omitsEffort = isGLM && root["reasoning_effort"] != nil
    let isSerial = root["parallel_tool_calls"]?.bool == false
    let omitsSerial = isSerial && target.quirks.contains(.noSerialTools)
    if omitsSerial { losses.record("parallel_tool_calls") }
    guard omitsStreamOptions || omitsEffort || omitsSerial else { return }
    edits.remove(from: root) { name, _ in
      (omitsStreamOptions && name.equals("stream_options"))
        || (omitsEffort && name.equals("reasoning_effort"))
        || (omitsSerial && name.equals("parallel_tool_calls"))
    }
  }

  private mutating func changeTools() {
    guard target.quirks.contains(.noStrictTools), let tools = root["tools"] else { return }
    for tool in tools.elements {
      guard let function = tool["function"], let isStrict = function.member("strict") else {
        continue
      }
      if isStrict.bool == true { losses.record("strict") }
      edits.remove(from: function) { name, _ in name.equals("strict") }
    }
  }

  /// Takes seals out that the server would refuse, and spells ids as it accepts them.
  private mutating func changeMessages() {
    var ids = ChatToolIDs(for: target)
    guard target.isStrict || ids.isPicky, let messages = root["messages"] else { return }
    let takesGoogle = ChatSealRule(for: target, isSameLanguage: true).isGoogle
    for message in messages.elements {
      if let id = message["tool_call_id"] { change(id, &ids) }
      if let calls = message["tool_calls"] {
        for call in calls.elements {
          if let id = call["id"] { change(id, &ids) }
          if target.isStrict, !takesGoogle, call["extra_content"] != nil {
            losses.record("tool_call_seal")
            edits.remove(from: call) { name, _ in name.equals("extra_content") }
          }
        }
      }
      if target.isStrict { removeSeals(from: message, keepsGoogle: takesGoogle) }
    }
  }

  private mutating func change(_ value: JSONValue, _ ids: inout ChatToolIDs) {
    guard let id = value.text else { return }
    let spelling = ids.spelling(of: id)
    if spelling != id { edits.replace(value, by: spelling) }
  }

  /// A vendor knows no member of ours on a message; a client that was given one sends it back.
  private mutating func removeSeals(from message: JSONValue, keepsGoogle: Bool) {
    let hasDetails = message["reasoning_details"] != nil
    let hasExtra = !keepsGoogle && message["extra_content"] != nil
    let hasThought =
      message["reasoning_content"] != nil && message["role"]?.text?.equals("assistant") == true
    guard hasDetails || hasExtra || hasThought else { return }
    if hasDetails { losses.record("thinking_signatures") }
    if hasThought { losses.record("thinking_blocks") }
    if hasExtra { losses.record("text_seal") }
    edits.remove(from: message) { name, _ in
      (hasDetails && name.equals("reasoning_details"))
        || (hasExtra && name.equals("extra_content"))
        || (hasThought && name.equals("reasoning_content"))
    }
  }
}
