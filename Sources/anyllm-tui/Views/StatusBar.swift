internal import ControlPlane

/// The first row: who this is, how it is doing, and the time.
enum StatusBar {
  private struct Piece {
    let text: String
    let importance: Int
    var role = Role.status
  }

  static func draw(_ model: DashboardModel, in rect: Rect, on canvas: inout Canvas) {
    guard rect.height > 0 else { return }
    canvas.fill(rect, role: .status)
    let margin = rect.width >= 80 ? 1 : 0
    let clock = clockText(model, isLong: rect.width >= 180)
    let room = rect.width - 2 * margin - clock.unicodeScalars.count - 2
    var x = rect.x + margin
    for piece in fitted(pieces(model, width: rect.width), to: room) {
      let style = Style(role: piece.role, isSelected: true)
      x += canvas.put(piece.text, x, rect.y, width: rect.maxX - x, style: style) + 2
    }
    canvas.put(
      clock, rect.x, rect.y, width: rect.width - margin, role: .status, align: .right)
  }

  static func stateWord(_ model: DashboardModel) -> String {
    (model.snapshot?.state.rawValue ?? "starting").uppercased()
  }

  private static func clockText(_ model: DashboardModel, isLong: Bool) -> String {
    let time = NumberFormat.time(
      milliseconds: model.now.wallMs, utcOffset: model.now.utcOffset)
    guard isLong else { return time }
    return NumberFormat.day(milliseconds: model.now.wallMs, utcOffset: model.now.utcOffset)
      + " " + time
  }

  private static func pieces(_ model: DashboardModel, width: Int) -> [Piece] {
    let snapshot = model.snapshot
    let isLong = width >= 100
    let isShort = width < 80
    let name = isLong ? "anyllm \(snapshot?.version ?? "")" : "anyllm"
    var pieces = [
      Piece(text: name, importance: 3),
      Piece(text: stateWord(model), importance: 0, role: stateRole(snapshot?.state)),
    ]
    if model.isReadOnly { pieces.append(Piece(text: "READONLY", importance: 1)) }
    if model.isPaused { pieces.append(Piece(text: "PAUSED", importance: 1, role: .warn)) }
    if model.isTerminalSlow { pieces.append(Piece(text: "slow tty", importance: 2)) }
    guard let snapshot else { return pieces }
    if let address = addressText(snapshot, isLong: isLong) {
      pieces.append(Piece(text: address, importance: 4))
    }
    let uptime = NumberFormat.uptime(milliseconds: model.now.wallMs - snapshot.startedAtMs)
    let rate = NumberFormat.rate(model.figures.requestsPerSecond)
    let tokens = NumberFormat.rate(model.figures.tokensPerSecond)
    let streams = model.liveStreams
    pieces += [
      Piece(text: "up \(uptime)", importance: 5),
      Piece(
        text: isShort ? "\(streams)str" : "\(streams) stream\(streams == 1 ? "" : "s")",
        importance: 1),
      Piece(text: isShort ? "\(rate)r/s" : "\(rate) r/s", importance: 2),
      Piece(text: isShort ? "\(tokens)t/s" : "\(tokens) tok/s", importance: 2),
    ]
    if snapshot.totals.costMicroDollars > 0 {
      let spent = NumberFormat.dollars(micro: snapshot.totals.costMicroDollars)
      pieces.append(Piece(text: spent, importance: 3))
    }
    pieces += [
      Piece(
        text: NumberFormat.percent(model.figures.errorPercent) + (isShort ? "%err" : "% err"),
        importance: 6)
    ]
    if isLong { pieces.append(Piece(text: "gen \(snapshot.generation)", importance: 8)) }
    return pieces
  }

  static func addressText(_ snapshot: LiveSnapshot, isLong: Bool) -> String? {
    let addresses = snapshot.listening
    guard let address = addresses.first(where: { !$0.hasPrefix("unix:") && !$0.hasPrefix("/") })
    else { return addresses.first }
    if isLong { return address.contains("://") ? address : "http://" + address }
    guard let colon = address.lastIndex(of: ":") else { return address }
    return String(address[colon...])
  }

  private static func stateRole(_ state: ServingState?) -> Role {
    switch state {
    case .serving: .ok
    case .degraded: .warn
    case .draining, .stopping: .danger
    case .starting, nil: .info
    }
  }

  /// Leaves out the least important pieces, the last first, until the rest fits.
  private static func fitted(_ pieces: [Piece], to room: Int) -> [Piece] {
    var kept = pieces
    func width() -> Int { kept.reduce(-2) { $0 + $1.text.unicodeScalars.count + 2 } }
    while width() > room,
      let least = kept.indices.max(by: { (kept[$0].importance, $0) < (kept[$1].importance, $1) }),
      kept[least].importance > 0
    {
      kept.remove(at: least)
    }
    return kept
  }
}

/// The second row: the screens and their digits.
enum TabBar {
  static func draw(_ model: DashboardModel, in rect: Rect, on canvas: inout Canvas) {
    let gap = rect.width >= 100 ? 2 : 1
    var x = rect.x + 1
    for screen in ScreenName.allCases {
      let isCurrent = screen == model.screen
      let title = "\(screen.rawValue):\(screen.title)"
      x += canvas.put(
        title, x, rect.y, width: rect.maxX - x,
        style: Style(role: isCurrent ? .focus : .dim, isSelected: isCurrent))
      x += gap
    }
  }
}

/// All that fits on a terminal too small for panes: one line, clipped.
enum LineView {
  static func draw(_ model: DashboardModel, on canvas: inout Canvas) {
    guard model.size.height > 0 else { return }
    canvas.put(text(model), 0, 0, role: .text)
    guard model.size.height > 1 else { return }
    HintBar.draw(
      model, in: Rect(x: 0, y: model.size.height - 1, width: model.size.width, height: 1),
      on: &canvas)
  }

  static func text(_ model: DashboardModel) -> String {
    if let dialog = model.dialog { return DialogView.shortText(dialog) }
    if model.size.height == 1 {
      if let prompt = model.prompt { return "/" + prompt.text + "_" }
      if let toast = model.toast { return toast.text }
    }
    guard let snapshot = model.snapshot else { return "STARTING" }
    var words = [
      "\(model.liveStreams)str", NumberFormat.rate(model.figures.requestsPerSecond) + "r/s",
      NumberFormat.rate(model.figures.tokensPerSecond) + "t/s",
      NumberFormat.percent(model.figures.errorPercent) + "%",
    ]
    if snapshot.state != .serving { words.insert(StatusBar.stateWord(model), at: 0) }
    let down = snapshot.backends.filter { $0.health == .down }.map(\.name)
    if !down.isEmpty { words.append("DOWN:" + down.joined(separator: ",")) }
    return words.joined(separator: " ")
  }
}
