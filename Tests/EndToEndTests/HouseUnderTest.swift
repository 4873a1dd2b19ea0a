import ControlPlane
import Gateway
import TestSupport
import Testing

/// A real gateway between raw clients and a scripted upstream, all on loopback.
///
/// Models that begin with `gpt-` go to a backend that speaks Chat, those that begin with `claude-`
/// to one that speaks Anthropic; both are the same scripted upstream.
struct HouseUnderTest: Sendable {
  static let key = "sk-end-to-end-0123456789abcdef"

  let gateway: RunningGateway
  let upstream: ScriptedUpstream
  let port: UInt16
  let directory: ScratchDirectory

  /// Opens the house, runs `body` in it and closes it, however the body ends.
  static func open<Answer: Sendable>(
    _ answers: [ScriptedAnswer] = [], settings: String = "", backend: String = "",
    upstreamPort: UInt16? = nil, body: (HouseUnderTest) async throws -> Answer
  ) async throws -> Answer {
    let directory = try ScratchDirectory()
    let upstream = try ScriptedUpstream(answers)
    let base = "http://127.0.0.1:\(upstreamPort ?? upstream.port)/v1"
    let file = directory.write(
      configuration(base, directory, settings, backend), to: "anyllm.yaml")
    let gateway = try await RunningGateway.start(
      LaunchOptions(
        configurationPath: file, listen: "127.0.0.1:0", socketPath: directory.path("admin.sock"),
        environment: ["HOME": directory.path, "XDG_RUNTIME_DIR": directory.path]))
    let port = try #require(gateway.snapshot().listening.firstPort)
    let house = HouseUnderTest(
      gateway: gateway, upstream: upstream, port: port, directory: directory)
    do {
      let answer = try await body(house)
      await gateway.stop()
      return answer
    } catch {
      await gateway.stop()
      throw error
    }
  }

  /// The file's text; `settings` are lines at the top level, `backend` more members of both.
  static func configuration(
    _ base: String, _ directory: ScratchDirectory, _ settings: String, _ backend: String
  ) -> String {
    let retries = backend.contains("retries:") ? "" : ", retries: 0"
    let more = retries + (backend.isEmpty ? "" : ", \(backend)")
    return """
      loops: 1
      state_directory: \(directory.path)/state
      keys:
        - {name: tests, secret: \(key)}
      default_backend: chat
      backends:
        chat: {kind: openai, base_url: "\(base)", api_key: chat-key\(more)}
        claude: {kind: anthropic, base_url: "\(base)", api_key: claude-key\(more)}
      mappings:
        - "gpt-*": chat
        - "claude-*": claude
      \(settings)
      """
  }

  /// A connection to the public port.
  func client(
    receiveBuffer: Int? = nil, patience: Duration = .seconds(20)
  ) throws -> RawHTTPClient {
    try RawHTTPClient(port: port, receiveBuffer: receiveBuffer, patience: patience)
  }

  /// Asks `model` in Anthropic's language, and reads the head of the answer.
  func ask(
    _ model: String, streamed: Bool = true, members: String = "",
    headers: [(name: String, value: String)] = [], receiveBuffer: Int? = nil
  ) async throws -> (client: RawHTTPClient, head: HTTPMessageHead) {
    let client = try await send(
      model, streamed: streamed, members: members, headers: headers, receiveBuffer: receiveBuffer)
    return (client, try await client.head())
  }

  /// Asks `model` in Anthropic's language, and reads nothing yet.
  func send(
    _ model: String, streamed: Bool = true, members: String = "",
    headers: [(name: String, value: String)] = [], receiveBuffer: Int? = nil
  ) async throws -> RawHTTPClient {
    let client = try client(receiveBuffer: receiveBuffer)
    try await client.post(
      "/v1/messages", headers: Self.callerHeaders + headers,
      json: Self.messagesBody(model, streamed: streamed, members: members))
    return client
  }

  static let callerHeaders: [(name: String, value: String)] = [
    ("x-api-key", key), ("anthropic-version", "2023-06-01"),
  ]

  static func messagesBody(
    _ model: String, streamed: Bool = true, members: String = ""
  ) -> String {
    let more = members.isEmpty ? "" : ",\(members)"
    let messages = #"[{"role":"user","content":"Hello"}]"#
    return
      "{\"model\":\"\(model)\",\"max_tokens\":100,\"stream\":\(streamed),\"messages\":\(messages)\(more)}"
  }

  /// The newest record of a finished exchange, once `count` are there.
  func record(_ count: Int = 1) async throws -> RequestSummary {
    for _ in 0..<500 {
      if case .requests(let list) = try await gateway.perform(
        .listRequests(limit: 10, before: nil), by: "test"), list.count >= count,
        let newest = list.first
      {
        return newest
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw NeverHappened(what: "record \(count) of a finished exchange")
  }
}

extension [String] {
  /// The port of the first address that is no Unix socket.
  fileprivate var firstPort: UInt16? {
    lazy.filter { !$0.hasPrefix("unix:") && !$0.hasPrefix("/") }
      .compactMap { $0.split(separator: ":").last.flatMap { UInt16($0) } }.first
  }
}
