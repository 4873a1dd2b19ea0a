import ControlPlane
import Synchronization
import TestSupport

/// A gateway of the operator's view only: it keeps keys and mappings in memory and answers on a
/// socket of its own.
final class ScriptedGateway: Sendable {
  struct State {
    var keys: [KeySummary] = []
    var mappings: [MappingSummary] = []
    var undo: [[MappingSummary]] = []
    var generation = 17
    var snapshot: LiveSnapshot
    var requests: [RequestSummary] = []
    var audit: [AuditRecord] = []
    var reload = ReloadReport(generation: 18, changed: true, changes: ["port 1"], problems: [])
    /// Answers everything with this, when it is there.
    var failure: ControlFailure?
    /// What the event stream sends, connection by connection.
    var events: [[RequestEvent]] = []
    var commands: [ControlCommand] = []
    var followed: [ControlRequest] = []
  }

  static let secret = "sk-vk3fA9bC8dE7fG6hJ5kL4mN3pQ2rS1tU"

  let directory: ScratchDirectory
  let state: Mutex<State>
  private let server: Mutex<StubControlServer?>

  /// Everything in it is called `name`.
  init(name: String = "ci", isEmpty: Bool = false) throws {
    directory = try ScratchDirectory()
    state = Mutex(isEmpty ? State(snapshot: Self.snapshot("x", isEmpty: true)) : Self.state(name))
    server = Mutex(nil)
    try start()
  }

  deinit {
    stop()
  }

  var socket: String { directory.path("s") }

  func start() throws {
    let started = try StubControlServer(path: socket) { [weak self] request in
      self?.answer(request) ?? .hangUp
    }
    server.withLock { $0 = started }
  }

  func stop() {
    server.withLock { $0.take() }?.stop()
  }

  var commands: [ControlCommand] { state.withLock { $0.commands } }

  func change(_ body: (inout State) -> Void) {
    state.withLock { body(&$0) }
  }

  private func answer(_ request: StubControlServer.Request) -> StubControlServer.Reply {
    let parsed = ControlRoutes.parse(
      method: request.method, path: request.path, query: request.query, fields: request.fields,
      body: request.body)
    if let failure = state.withLock({ $0.failure }) { return whole(ControlRoutes.render(failure)) }
    switch parsed {
    case .failure(let failure): return whole(ControlRoutes.render(failure, path: request.path))
    case .success(.server):
      return whole(ControlRoutes.render(ServerSummary(state.withLock { $0.snapshot })))
    case .success(.requestEvents(let backlog, let after)):
      return state.withLock { state in
        state.followed.append(.requestEvents(backlog: backlog, after: after))
        let events = state.events.isEmpty ? [] : state.events.removeFirst()
        return .stream(pieces: events.map { ControlRoutes.render($0) }, staysOpen: false)
      }
    case .success(.command(let command)):
      let result = state.withLock { state in
        state.commands.append(command)
        return Self.perform(command, &state)
      }
      switch result {
      case .success(let answer): return whole(ControlRoutes.render(answer))
      case .failure(let failure): return whole(ControlRoutes.render(failure, to: command))
      }
    }
  }

  private func whole(_ reply: ControlReply) -> StubControlServer.Reply {
    .whole(status: reply.status, fields: reply.fields, body: reply.body)
  }

  private static func perform(
    _ command: ControlCommand, _ state: inout State
  ) -> Result<ControlAnswer, ControlFailure> {
    switch command {
    case .status: return .success(.status(state.snapshot))
    case .listKeys: return .success(.keys(state.keys))
    case .listMappings:
      return .success(
        .mappings(MappingList(generation: state.generation, mappings: state.mappings)))
    case .listBackends: return .success(.backends(state.snapshot.backends))
    case .listRequests(let limit, _):
      return .success(.requests(Array(state.requests.prefix(limit))))
    case .listAudit(let limit): return .success(.audit(Array(state.audit.prefix(limit))))
    case .reload: return .success(.reloaded(state.reload))
    case .showCache, .clearCache:
      return .success(
        .cache(
          CacheStatus(
            enabled: true, scope: "caller", entries: 3, bytes: 1_024, bytesLimit: 65_536, hits: 3,
            shared: 1, misses: 1, stored: 4, evicted: 1,
            cleared: command == .clearCache ? 3 : nil)))
    case .translate(let question):
      return .success(
        .translation(
          Translation(
            from: question.from, to: question.to ?? "chat", backend: "openai", model: "gpt-4o",
            passes: false, body: "{\"seen\":\(question.body.utf8.count)}", losses: ["top_k"])))
    case .drain:
      state.snapshot.state = .draining
      return .success(.draining)
    case .killRequest(let id):
      let stream = state.snapshot.streams.first { $0.id.hasSuffix(id) }
      return stream.map { .success(.killed($0.id)) }
        ?? .failure(ControlFailure(.notFound, "no request `\(id)` in flight", hint: "List them."))
    case .showKey, .addKey, .listKeysOf, .changeKey, .undoKey, .exportKeys, .importKeys, .trial:
      return performOnKeys(command, &state)
    case .usage(let question):
      return .success(
        .usage(state.keys.map { usage(question.by == .key ? $0.name : "2027-01-31") }))
    case .showRequest(let id):
      var request = request("ci", 1)
      request.id = id
      return .success(.request(request))
    case .showBodies(let id):
      return .success(
        .bodies(RequestBodies(id: id, createdAtMs: now, request: "{\"ask\":1}", reply: "told\n")))
    case .setMapping, .unsetMapping, .undoMapping: return performOnMappings(command, &state)
    case .routing(let command, let isTrial): return perform(command, isTrial: isTrial, &state)
    }
  }

  private static func performOnKeys(
    _ command: ControlCommand, _ state: inout State
  ) -> Result<ControlAnswer, ControlFailure> {
    switch command {
    case .addKey(let new):
      guard !state.keys.contains(where: { $0.name == new.name }) else {
        return .failure(ControlFailure(.conflict, "key `\(new.name)` exists", hint: "Other name?"))
      }
      var key = key(new.name, id: Int64(state.keys.count + 1), .active)
      key.expiresAtMs = new.expiresAtMs
      key.terms = new.terms
      state.keys.append(key)
      return .success(.issuedKey(IssuedKey(key: new.secret ?? secret, summary: key)))
    case .listKeysOf(let kind): return .success(.keys(state.keys.filter { $0.state == kind }))
    case .undoKey: return .success(.key(state.keys[0]))
    case .exportKeys:
      return .success(
        .keyExport(
          KeyExport(
            installation: "00ff",
            keys: state.keys.map { PortableKey(name: $0.name, terms: $0.terms, digest: "ab") })))
    case .importKeys(let export):
      let known = export.keys.filter { key in state.keys.contains { $0.name == key.name } }
      return .success(
        .keyImport(
          KeyImport(
            added: export.keys.map(\.name).filter { name in !known.contains { $0.name == name } },
            refused: known.map { .init(name: $0.name, reason: "taken") })))
    case .showKey(let id), .changeKey(let id, _):
      guard let place = state.keys.firstIndex(where: { $0.name == id || "\($0.id)" == id }) else {
        return .failure(ControlFailure(.notFound, "no key `\(id)`", hint: "List them."))
      }
      guard case .changeKey(_, let change) = command else {
        return .success(.key(state.keys[place]))
      }
      return perform(change, on: &state.keys[place])
    case .trial(let command):
      var copy = state
      let result = performOnKeys(command, &copy)
      guard case .success(.issuedKey(let issued)) = result else { return result }
      return .success(.issuedKey(IssuedKey(key: "", summary: issued.summary)))
    default: return .failure(ControlFailure(.failed, "not about keys"))
    }
  }

  private static func perform(
    _ change: KeyChange, on key: inout KeySummary
  ) -> Result<ControlAnswer, ControlFailure> {
    switch change {
    case .revoke: key.state = .revoked
    case .pause: key.state = .paused
    case .resume: key.state = .active
    case .rotate(let graceMs, let own):
      key.previousUntilMs = graceMs > 0 ? now + graceMs : nil
      return .success(.issuedKey(IssuedKey(key: own ?? secret, summary: key)))
    case .edit(let patch):
      let card = KeyCard(
        name: key.name, note: key.note, expiresAtMs: key.expiresAtMs, terms: key.terms)
      do throws(ControlFailure) {
        let edited = try card.edited(by: patch)
        (key.name, key.note) = (edited.name, edited.note)
        (key.expiresAtMs, key.terms) = (edited.expiresAtMs, edited.terms)
      } catch {
        return .failure(error)
      }
    }
    return .success(.key(key))
  }

  private static func usage(_ group: String) -> UsageRow {
    UsageRow(
      group: group, requests: 3, inputTokens: 40, outputTokens: 5, cacheReadTokens: 6,
      cacheWriteTokens: 7, reasoningTokens: 8, costMicroDollars: 1_250_000, unpricedRequests: 1)
  }

  private static func performOnMappings(
    _ command: ControlCommand, _ state: inout State
  ) -> Result<ControlAnswer, ControlFailure> {
    let before = state.mappings
    var pattern = ""
    var target: String?
    switch command {
    case .setMapping(let name, let wanted, let generation):
      guard generation == nil || generation == state.generation else { return stale(state) }
      (pattern, target) = (name, wanted)
      state.mappings.removeAll { $0.pattern == name }
      state.mappings.append(MappingSummary(pattern: name, target: wanted, source: "runtime"))
    case .unsetMapping(let name, let generation):
      guard generation == nil || generation == state.generation else { return stale(state) }
      guard before.contains(where: { $0.pattern == name }) else {
        return .failure(ControlFailure(.notFound, "no mapping `\(name)`", hint: "List them."))
      }
      pattern = name
      state.mappings.removeAll { $0.pattern == name }
    default:
      guard let earlier = state.undo.popLast() else {
        return .failure(ControlFailure(.conflict, "nothing to undo", hint: ""))
      }
      state.mappings = earlier
    }
    state.undo.append(before)
    let old = before.first { $0.pattern == pattern }?.target
    if old != target { state.generation += 1 }
    return .success(
      .mappingChange(
        MappingChange(
          pattern: pattern, before: old, after: target, generation: state.generation,
          changed: old != target, liveOnOlder: 2)))
  }

  static func stale(_ state: State) -> Result<ControlAnswer, ControlFailure> {
    .failure(
      ControlFailure(
        .conflict, "the configuration is of generation \(state.generation)", hint: "Look again."))
  }
}

extension ScriptedGateway {
  static let now: Int64 = 1_800_000_000_000

  static func key(_ name: String, id: Int64, _ state: KeyState) -> KeySummary {
    KeySummary(
      id: id, name: name, prefix: String(secret.prefix(8)), source: "store", state: state,
      createdAtMs: now - 86_400_000, expiresAtMs: now + 86_400_000, lastUsedAtMs: now - 4000,
      requests: 12_400, inputTokens: 1_240_000, outputTokens: 812, note: name)
  }

  static func request(_ name: String, _ sequence: Int64, status: Int = 200) -> RequestSummary {
    RequestSummary(
      id: "req_\(name)_\(sequence)", sequence: sequence, startedAtMs: now - 60_000,
      durationMs: 48_000, firstTokenMs: 212, dialect: "anthropic", modelRequested: name,
      modelSent: "\(name)-sent", backend: name, attempts: 2, key: name, client: "127.0.0.1",
      status: status, ending: status < 400 ? "completed" : "failed",
      errorKind: status < 400 ? nil : "overloaded", errorMessage: name, isStreaming: true,
      inputTokens: 12_400, outputTokens: 812, cacheReadTokens: 0, cacheWriteTokens: 0,
      generation: 17, losses: [name])
  }

  private static func state(_ name: String) -> State {
    State(
      keys: [key(name, id: 1, .active), key("\(name)-old", id: 2, .revoked)],
      mappings: [
        MappingSummary(pattern: "gpt-4o*", target: "openai:gpt-4o", source: "file", live: 2),
        MappingSummary(pattern: name, target: name, source: name),
      ],
      undo: [[]], snapshot: snapshot(name, isEmpty: false),
      requests: [request(name, 2), request(name, 1, status: 529)],
      audit: [
        AuditRecord(
          atMs: now - 90_000_000, actor: "uid:0", action: "mapping.set", target: name,
          before: name, after: nil, generation: 17)
      ],
      events: [[.finished(request(name, 3)), .heartbeat, .finished(request(name, 4, status: 529))]])
  }

  private static func snapshot(_ name: String, isEmpty: Bool) -> LiveSnapshot {
    let up = BackendStatus(
      name: name, kind: "openai", baseURL: "http://127.0.0.1:1/\(name)", health: .up, inFlight: 2,
      firstTokenMedianMs: 212, firstTokenP95Ms: 6400, tokensPerSecond: 193.4, requestsPerSecond: 11,
      requests: 9, recentTokensPerSecond: [1],
      deployments: [DeploymentStatus(model: name, circuit: .open, againInMs: 4000, cause: name)])
    var down = up
    down.name = "\(name)-down"
    down.health = .down
    down.lastError = "refused \(name)"
    down.lastErrorAtMs = now - 4000
    let stream = StreamStatus(
      id: "req_live_\(name)", state: .streaming, dialect: "anthropic", modelRequested: name,
      modelSent: "\(name)-sent", backend: name, attempt: 2, key: name, client: name)
    return LiveSnapshot(
      state: .serving, version: Release.version, listening: [], startedAtMs: now - 7_200_000,
      takenAtMs: now, generation: 17,
      totals: isEmpty ? Totals() : Totals(requests: 9, inFlight: 1, losses: [name: 2]),
      backends: isEmpty ? [] : [up, down], streams: isEmpty ? [] : [stream],
      throughput: Throughput(),
      errors: isEmpty
        ? []
        : [
          ErrorGroup(
            backend: name, kind: "overloaded", status: 529, count: 3, firstAtMs: now - 9000,
            lastAtMs: now - 4000, message: String(repeating: name, count: 30), lastRequestID: name)
        ],
      notices: isEmpty ? [] : ["found \(name)"])
  }
}
