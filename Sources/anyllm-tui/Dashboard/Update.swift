internal import ControlPlane

extension DashboardModel {
  /// Takes in what happened and says what has to be done; the only way the model changes.
  mutating func update(_ event: DashboardEvent) -> [Effect] {
    var effects: [Effect] = []
    switch event {
    case .clock(let moment): effects = tick(moment)
    case .key(let key): effects = press(key)
    case .resized(let size): resize(to: size)
    case .snapshot(let snapshot): receive(snapshot)
    case .answered(let command, let result): receive(result, to: command)
    case .message(let text, let isFailure): show(text, isFailure: isFailure)
    case .terminalSpeed(let isSlow): isTerminalSlow = isSlow
    case .drainBegan(let graceMs):
      isLeaving = true
      dialog = nil
      show("draining: waiting up to \(graceMs / 1000) s for streams in flight; Ctrl-C ends at once")
    }
    return effects
  }

  private mutating func tick(_ moment: Moment) -> [Effect] {
    now = moment
    if let toast, !toast.isFailure, moment.monotonicMs >= toast.untilMs { self.toast = nil }
    return fetchIfStale(every: 2000)
  }

  private mutating func resize(to size: Size) {
    self.size = size
    arrange(.notices)
    for pane in lists.keys { settleSelection(of: pane) }
  }

  mutating func show(_ text: String, isFailure: Bool = false) {
    toast = Toast(text: text, isFailure: isFailure, untilMs: now.monotonicMs + 4000)
  }

  /// Asks for the list that the current screen shows, when it is old.
  mutating func fetchIfStale(every milliseconds: Int64) -> [Effect] {
    guard snapshot != nil, !isPaused else { return [] }
    guard lastFetchMs == .min || now.monotonicMs - lastFetchMs >= milliseconds else { return [] }
    let commands: [ControlCommand]
    switch screen {
    case .keys: commands = [.listKeys]
    case .mappings: commands = [.listMappings, .routing(.listRoutes, isTrial: false)]
    case .requests: commands = [.listRequests(limit: 200, before: nil)]
    case .overview, .streams, .backends, .errors, .notices: return []
    }
    lastFetchMs = now.monotonicMs
    return commands.map(Effect.perform)
  }

  private mutating func receive(_ snapshot: LiveSnapshot) {
    guard !isPaused else {
      heldSnapshot = snapshot
      return
    }
    let known = self.snapshot?.notices.count
    self.snapshot = snapshot
    figures = LiveFigures(snapshot.throughput, window: window)
    scales.tokens.show(peak: figures.tokensPeak, at: now.monotonicMs)
    scales.requests.show(peak: figures.requestsPeak, at: now.monotonicMs)
    shortIDs = ShortIDs.make(for: snapshot.streams.map(\.id))
    sample(snapshot)
    let keepsOrder = lastSortMs != .min && now.monotonicMs - lastSortMs < 1000
    if !keepsOrder { lastSortMs = now.monotonicMs }
    for pane in [Pane.streams, .backends, .errors, .notices] {
      arrange(pane, keepsOrder: keepsOrder)
    }
    watch()
    closeDialogIfGone()
    if let known, let newest = snapshot.notices.last, snapshot.notices.count > known {
      show(newest)
    }
  }

  /// Adds one value a second to each stream's trail and forgets the streams that are gone.
  private mutating func sample(_ snapshot: LiveSnapshot) {
    var kept: [String: RateTrail] = [:]
    kept.reserveCapacity(snapshot.streams.count)
    for stream in snapshot.streams {
      var trail = trails[stream.id] ?? RateTrail()
      let isDue =
        trail.lastSampleMs == .min || snapshot.takenAtMs - trail.lastSampleMs >= 1000
        || snapshot.takenAtMs < trail.lastSampleMs
      if isDue, stream.firstTokenMs != nil, !stream.state.isOver {
        if trail.samples.count >= RateTrail.length { trail.samples.removeFirst() }
        trail.samples.append(stream.tokensPerSecond)
        trail.lastSampleMs = snapshot.takenAtMs
      }
      kept[stream.id] = trail
    }
    trails = kept
  }

  /// Keeps the stream whose detail is open, so that its end can be read in peace.
  mutating func watch() {
    guard case .row(.streams, let id) = detail else {
      watchedStream = nil
      return
    }
    guard let current = snapshot?.streams.first(where: { $0.id == id }) else { return }
    watchedStream = current
  }

  /// A question about a stream that ended or a backend that is gone needs no answer.
  private mutating func closeDialogIfGone() {
    if case .duty(let asked) = dialog?.question {
      guard !(snapshot?.backends.contains { $0.name == asked.backend } ?? false) else { return }
      dialog = nil
      show("backend \(asked.backend) is gone")
    }
    guard case .kill(let asked) = dialog?.question else { return }
    let current = snapshot?.streams.first { $0.id == asked.id }
    guard current?.state.isOver ?? true else { return }
    dialog = nil
    show("stream \(ShortIDs.short(asked.id)) ended by itself")
  }

  private mutating func receive(
    _ result: Result<ControlAnswer, ControlFailure>, to command: ControlCommand
  ) {
    switch result {
    case .success(.routing(let answer)): receive(answer, to: command)
    case .success(let answer): receive(answer)
    case .failure(let failure):
      let isFetch: Bool
      switch command {
      case .listKeys, .listMappings, .listRequests, .routing(.listRoutes, _): isFetch = true
      // The question stands without the foresight.
      case .routing(.setDuty, isTrial: true): return
      default: isFetch = false
      }
      if isFetch { fetchFailure = failure.message }
      let hint = failure.hint.isEmpty ? "" : " (\(failure.hint))"
      guard !isFetch || toast == nil else { return }
      show("\(command.word): \(failure.message)\(hint)", isFailure: true)
    }
  }

  private mutating func receive(_ answer: RoutingAnswer, to command: ControlCommand) {
    switch (answer, command) {
    case (.routes(let list), _):
      routes = list
      arrange(.mappings)
    case (.backendChange(let change), .routing(_, isTrial: true)):
      guard case .duty(var question) = dialog?.question, question.backend == change.name,
        question.duty == change.after
      else { return }
      question.orphans = change.orphans
      dialog?.question = .duty(question)
    case (.backendChange(let change), _): show(change.sentence)
    default: return
    }
  }

  private mutating func receive(_ answer: ControlAnswer) {
    switch answer {
    case .keys(let list):
      keys = list
      arrange(.keys)
    case .mappings(let list):
      mappings = list
      arrange(.mappings)
    case .requests(let list):
      requests = list
      arrange(.requests)
    case .killed(let id):
      show("killed \(ShortIDs.short(id))   anyllmctl requests kill \(id)")
    case .reloaded(let report):
      let text =
        report.problems.first.map { "reload refused: \($0)" }
        ?? (report.changed ? "reloaded, generation \(report.generation)" : "reloaded, no change")
      show(text, isFailure: !report.problems.isEmpty)
    case .draining: isLeaving = true
    case .status, .key, .issuedKey, .keyExport, .keyImport, .usage, .request, .bodies,
      .mappingChange, .backends, .audit, .routing, .cache, .translation:
      return
    }
    fetchFailure = nil
  }
}

extension BackendChange {
  /// What was done, and how it is said on the command line.
  var sentence: String {
    guard changed else { return "\(name) is \(after.word) already" }
    let rest = after == .serving || inFlight == 0 ? "" : ", \(inFlight) in flight finish"
    let lost = orphans.isEmpty ? "" : "; leads nowhere: " + orphans.joined(separator: ", ")
    return "\(name): \(after.word)\(rest)\(lost)   anyllmctl backends \(after.verb) \(name)"
  }
}

extension ControlCommand {
  /// What a failure message calls the command.
  var word: String {
    switch self {
    case .killRequest: "kill"
    case .listKeys, .listKeysOf, .showKey, .addKey, .changeKey, .undoKey, .exportKeys, .importKeys:
      "keys"
    case .usage: "usage"
    case .trial(let command): command.word
    case .listMappings, .setMapping, .unsetMapping, .undoMapping: "mappings"
    case .listRequests, .showRequest, .showBodies: "requests"
    case .listBackends: "backends"
    case .listAudit: "audit"
    case .showCache, .clearCache: "cache"
    case .reload: "reload"
    case .drain: "drain"
    case .status: "status"
    case .routing(.setDuty(_, let duty, _, _), _): duty.verb
    case .routing: "routing"
    case .translate: "translate"
    }
  }
}
