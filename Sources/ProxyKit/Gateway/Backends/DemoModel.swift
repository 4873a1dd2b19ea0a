internal import Dialects
internal import Synchronization
internal import Transport

/// A scripted model inside the process, for newcomers without a key.
///
/// It speaks Chat as a real server would, in chunks with pauses, so that everything behind it is
/// the real road: thinking, text, and a call when the user asks for a tool.
enum DemoModel {
  static func answer(
    _ body: [UInt8], on loop: EventLoop, cancellation: Cancellation
  ) -> any ReplySource {
    guard let root = try? JSONDocument(body).root else {
      return DemoReply(
        status: 400, contentType: "application/json",
        pieces: [Array(#"{"error":{"message":"the demo model could not read this"}}"#.utf8)],
        pause: .zero, loop: loop, cancellation: cancellation)
    }
    let script = DemoScript(root)
    let wantsStream = root["stream"]?.bool ?? false
    return DemoReply(
      status: 200, contentType: wantsStream ? "text/event-stream" : "application/json",
      pieces: wantsStream ? script.chunks : [script.whole],
      pause: wantsStream ? .milliseconds(25) : .milliseconds(200), loop: loop,
      cancellation: cancellation)
  }
}

/// What the demo model says to one request.
struct DemoScript: Sendable {
  private static let harmful = [
    "bash", "shell", "exec", "write", "edit", "delete", "remove", "run", "task", "kill", "notebook",
  ]

  private let model: JSONText
  private let thinking = "The user speaks to the demo model, so I answer from my script."
  private let text: String
  private let call: (name: JSONText, arguments: JSONText)?
  private let promptTokens: Int

  init(_ root: JSONValue) {
    model = root["model"]?.text ?? "demo"
    promptTokens = root.raw.bytes.count / 4
    let messages = root["messages"].map { Array($0.elements) } ?? []
    let lastRole = messages.last?["role"]?.string
    let asked = messages.last { $0["role"]?.string == "user" }.map(Self.text) ?? ""
    let wanted = asked.lowercased().contains("tool") && lastRole == "user"
    call = wanted ? Self.call(among: root["tools"]) : nil
    text =
      lastRole == "tool"
      ? "The tool answered, and with that the demonstration is complete. "
        + "Text, thinking and tool calls all went through the gateway."
      : "Hello from the demo model inside anyllm. You wrote \(asked.utf8.count) bytes. "
        + "No backend is configured yet: set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, "
        + "start a local server such as Ollama, or write a configuration file. Until then I stream "
        + "this text, word by word, so that the dashboard has something to show."
  }

  var chunks: [[UInt8]] {
    var chunks = [chunk(#"{"role":"assistant","content":""}"#)]
    for word in Self.words(thinking) {
      chunks.append(chunk(#"{"reasoning_content":"\#(JSONText(word))"}"#))
    }
    for word in Self.words(text) { chunks.append(chunk(#"{"content":"\#(JSONText(word))"}"#)) }
    if let call {
      chunks.append(chunk(toolDelta(name: call.name)))
      chunks.append(chunk(toolDelta(arguments: call.arguments)))
    }
    chunks.append(chunk("{}", finish: call == nil ? "stop" : "tool_calls"))
    let usage =
      #"{"id":"chatcmpl-demo","object":"chat.completion.chunk","created":0,"model":""#
      + wire(model) + #"","choices":[],"usage":"# + usageText + "}"
    chunks.append(Array("data: \(usage)\n\n".utf8))
    chunks.append(Array("data: [DONE]\n\n".utf8))
    return chunks
  }

  var whole: [UInt8] {
    var message =
      #"{"role":"assistant","reasoning_content":"\#(thinking)","content":"\#(wire(JSONText(text)))""#
    if let call {
      message +=
        #","tool_calls":[{"id":"call_demo1","type":"function","function":{"name":""#
        + wire(call.name) + #"","arguments":""# + wire(call.arguments) + #""}}]"#
    }
    message += "}"
    return Array(
      (#"{"id":"chatcmpl-demo","object":"chat.completion","created":0,"model":""# + wire(model)
        + #"","choices":[{"index":0,"message":"# + message + #","finish_reason":""#
        + (call == nil ? "stop" : "tool_calls") + #""}],"usage":"# + usageText + "}").utf8)
  }

  private var usageText: String {
    let completion = (thinking.utf8.count + text.utf8.count) / 4
    return #"{"prompt_tokens":\#(promptTokens),"completion_tokens":\#(completion),"#
      + #""total_tokens":\#(promptTokens + completion)}"#
  }

  private func chunk(_ delta: String, finish: String? = nil) -> [UInt8] {
    let reason = finish.map { "\"\($0)\"" } ?? "null"
    return Array(
      (#"data: {"id":"chatcmpl-demo","object":"chat.completion.chunk","created":0,"model":""#
        + wire(model) + #"","choices":[{"index":0,"delta":"# + delta + #","finish_reason":"#
        + reason + "}]}\n\n").utf8)
  }

  private func toolDelta(name: JSONText) -> String {
    #"{"tool_calls":[{"index":0,"id":"call_demo1","type":"function","function":{"name":""#
      + wire(name) + #"","arguments":""}}]}"#
  }

  private func toolDelta(arguments: JSONText) -> String {
    #"{"tool_calls":[{"index":0,"function":{"arguments":""# + wire(arguments) + #""}}]}"#
  }

  private func wire(_ text: JSONText) -> String { String(decoding: text.bytes, as: UTF8.self) }

  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").enumerated().map { $0 == 0 ? String($1) : " " + $1 }
  }

  private static func text(_ message: JSONValue) -> String {
    guard let content = message["content"] else { return "" }
    if let text = content.string { return text }
    return content.elements.compactMap { $0["text"]?.string }.joined(separator: " ")
  }

  /// The first tool that only looks; a demonstration must never change the user's files.
  private static func call(among tools: JSONValue?) -> (name: JSONText, arguments: JSONText)? {
    for tool in tools.map({ Array($0.elements) }) ?? [] {
      guard let function = tool["function"], let name = function["name"]?.text else { continue }
      let lower = name.string.lowercased()
      guard !harmful.contains(where: lower.contains) else { continue }
      return (name, JSONText(escaping: arguments(function["parameters"])[...]))
    }
    return nil
  }

  private static func arguments(_ schema: JSONValue?) -> [UInt8] {
    let required = schema?["required"].map { $0.elements.compactMap(\.text) } ?? []
    var writer = JSONWriter()
    writer.object { out in
      guard let properties = schema?["properties"] else { return }
      for (name, property) in properties.members where required.contains(name) {
        out.name(name)
        if let first = property["enum"]?.elements.first(where: { _ in true }) {
          out.raw(first.raw)
        } else {
          switch property["type"]?.string {
          case "integer", "number": out.integer(1)
          case "boolean": out.bool(true)
          case "array": out.array { _ in }
          case "object": out.object { _ in }
          default: out.string("demo")
          }
        }
      }
    }
    return writer.bytes
  }
}

/// The demo model's reply, one piece after a pause.
final class DemoReply: ReplySource {
  let status: Int
  let fields: HTTPFields
  private let pieces: [[UInt8]]
  private let pause: Duration
  private let loop: EventLoop
  private let cancellation: Cancellation
  private let position = Mutex(0)

  init(
    status: Int, contentType: String, pieces: [[UInt8]], pause: Duration, loop: EventLoop,
    cancellation: Cancellation
  ) {
    self.status = status
    self.pieces = pieces
    self.pause = pause
    self.loop = loop
    self.cancellation = cancellation
    fields = HTTPFields([("content-type", contentType)])
  }

  func next(within: Duration) async throws(TransportFailure) -> UpstreamResponse.Received {
    await loop.sleep(for: pause)
    guard !cancellation.isCancelled else {
      throw TransportFailure(.cancelled, "the demo reply was cancelled")
    }
    return position.withLock { position in
      guard position < pieces.count else { return .end }
      position += 1
      return .bytes(pieces[position - 1])
    }
  }

  func takeWhole(limit: Int) -> [UInt8]? { nil }

  func cancel() {
    position.withLock { $0 = pieces.count }
  }
}
