internal import ControlPlane

/// Draws a table: title, header, and the rows in view.
enum ListView {
  static func draw<Row>(
    _ table: Table<Row>, _ model: DashboardModel, _ frame: PaneFrame, on canvas: inout Canvas
  ) {
    let state = model.lists[table.pane] ?? ListState()
    let inner = frame.draw(
      title: title(of: table.pane, model, state),
      trailing: trailing(state, model, table.pane), on: &canvas)
    guard inner.height > 0 else { return }
    let columns = table.columns.map { $0.settled(for: model) }.fitted(to: inner.width - 2)
    let hasHeader = table.pane != .notices
    if hasHeader { drawHeader(columns, state, in: inner, on: &canvas) }
    let rowsRect = hasHeader ? inner.split(top: 1).1 : inner
    let rows = table.rows(model)
    guard !state.sources.isEmpty, !rows.isEmpty else {
      EmptyView.draw(table.pane, model, in: rowsRect, on: &canvas)
      return
    }
    for line in 0..<rowsRect.height {
      let index = state.offset + line
      guard index < state.sources.count, state.sources[index] < rows.count else { break }
      let row = rows[state.sources[index]]
      let isSelected = frame.isFocused && index == state.selectedIndex
      let rect = Rect(x: rowsRect.x, y: rowsRect.y + line, width: rowsRect.width, height: 1)
      draw(
        row, columns, model, in: rect, isSelected: isSelected, isFaded: table.isFaded(row),
        on: &canvas)
    }
  }

  private static func drawHeader<Row>(
    _ columns: [(column: Column<Row>, width: Int)], _ state: ListState, in rect: Rect,
    on canvas: inout Canvas
  ) {
    var x = rect.x + 1
    for (column, width) in columns {
      canvas.put(
        column.title, x, rect.y, width: width, role: .header,
        align: column.isRight ? .right : .left)
      x += width + 1
    }
  }

  private static func draw<Row>(
    _ row: Row, _ columns: [(column: Column<Row>, width: Int)], _ model: DashboardModel,
    in rect: Rect, isSelected: Bool, isFaded: Bool, on canvas: inout Canvas
  ) {
    var x = rect.x + 1
    for (column, width) in columns {
      switch column.cell(row, model) {
      case .text(let text, let role):
        canvas.put(
          text, x, rect.y, width: width, role: isFaded && role == .text ? .dim : role,
          align: column.isRight ? .right : .left)
      case .sparkline(let values, let window):
        let shown =
          window.map { Graph.buckets(values, window: $0, width: width) }
          ?? values.suffix(width).map(Optional.some)
        canvas.sparkline(shown, x, rect.y, width: width)
      }
      x += width + 1
    }
    guard isSelected else { return }
    canvas.put(">", rect.x, rect.y, role: .key)
    canvas.restyle(rect) { $0.isSelected = true }
  }

  private static func title(
    of pane: Pane, _ model: DashboardModel, _ state: ListState
  ) -> String {
    switch pane {
    case .streams: "Streams  \(model.liveStreams)"
    case .backends: "Backends  " + backendCounts(model.snapshot?.backends ?? [])
    case .errors: "Errors  \(model.figures.recentFailures) in 15m"
    case .requests: "Requests  \(state.rows.count) newest"
    case .keys: "Keys  \(model.keys?.count ?? 0)"
    case .mappings:
      "Mappings  gen \(model.mappings?.generation ?? model.snapshot?.generation ?? 0)"
        + "  (first match wins)"
    case .notices: "Notices  \(model.snapshot?.notices.count ?? 0)"
    case .throughput, .requestsGraph, .rates, .totals: ""
    }
  }

  private static func backendCounts(_ backends: [BackendStatus]) -> String {
    let names: [(BackendHealth, String)] = [
      (.down, "down"), (.degraded, "degraded"), (.draining, "draining"), (.off, "off"),
    ]
    let parts = names.compactMap { health, word -> String? in
      let count = backends.count { $0.health == health }
      return count == 0 ? nil : "\(count) \(word)"
    }
    return "\(backends.count)" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
  }

  private static func trailing(
    _ state: ListState, _ model: DashboardModel, _ pane: Pane
  ) -> String {
    var words: [String] = []
    let visible = Layout(model).listRows(of: pane)
    if state.rows.count > visible, visible > 0 {
      words.append(
        "\(state.offset + 1)-\(min(state.rows.count, state.offset + visible)) of "
          + "\(state.rows.count)")
    }
    if !state.activeFilter.isEmpty { words.append("/\(state.activeFilter)") }
    if let sort = state.sort {
      let arrow = sort.isReversed ? model.glyphs.descending : model.glyphs.ascending
      words.append("sort \(sort.column)\(arrow)")
    }
    return words.joined(separator: "  ")
  }
}

/// What a list says while it has nothing to show.
enum EmptyView {
  static func draw(
    _ pane: Pane, _ model: DashboardModel, in rect: Rect, on canvas: inout Canvas
  ) {
    for (line, text) in lines(pane, model).prefix(rect.height).enumerated() {
      canvas.put(text, rect.x + 1, rect.y + line, width: rect.width - 2, role: .dim)
    }
  }

  private static func lines(_ pane: Pane, _ model: DashboardModel) -> [String] {
    let state = model.lists[pane] ?? ListState()
    if !state.activeFilter.isEmpty { return ["nothing matches /\(state.activeFilter)"] }
    if model.snapshot == nil { return ["starting"] }
    switch pane {
    case .streams: return invitation(model)
    case .backends: return ["no backend is configured"]
    case .errors: return ["none"]
    case .notices: return ["nothing to report"]
    case .requests: return [model.fetchFailure ?? (model.requests == nil ? "loading" : "none yet")]
    case .keys:
      return [
        model.fetchFailure
          ?? (model.keys == nil ? "loading" : "no keys: anyllmctl keys add NAME makes one")
      ]
    case .mappings:
      return [model.fetchFailure ?? (model.mappings == nil ? "loading" : "no mappings")]
    case .throughput, .requestsGraph, .rates, .totals: return []
    }
  }

  /// A newcomer's screen says what to do next.
  private static func invitation(_ model: DashboardModel) -> [String] {
    guard let snapshot = model.snapshot,
      let address = StatusBar.addressText(snapshot, isLong: true),
      snapshot.totals.requests == 0
    else { return ["no stream in flight"] }
    var lines = [
      "no stream in flight; send the first:",
      "  ANTHROPIC_BASE_URL=\(address) claude",
    ]
    if model.size.width >= 150 {
      lines.append(
        "  curl \(address)/v1/messages -d '{\"model\":\"demo\",\"max_tokens\":64,\"stream\":true,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}'")
    }
    if Layout(model).rect(of: .notices) == nil { lines += snapshot.notices.suffix(4) }
    return lines
  }
}
