internal import ControlPlane

extension DashboardModel {
  /// Puts a pane's rows in order again and keeps the selection on the row it was on.
  mutating func arrange(_ pane: Pane, keepsOrder: Bool = false) {
    switch pane {
    case .streams: arrange(Tables.streams, keepsOrder)
    case .backends: arrange(Tables.backends, keepsOrder)
    case .requests: arrange(Tables.requests, keepsOrder)
    case .errors: arrange(Tables.errors, keepsOrder)
    case .keys: arrange(Tables.keys, keepsOrder)
    case .mappings: arrange(Tables.mappings, keepsOrder)
    case .notices: arrange(Tables.notices, keepsOrder)
    case .throughput, .requestsGraph, .rates, .totals: break
    }
  }

  private mutating func arrange<Row>(_ table: Table<Row>, _ keepsOrder: Bool) {
    var state = lists[table.pane] ?? ListState()
    let rows = table.rows(self)
    let follows = table.pane == .notices && state.selectedIndex >= state.rows.count - 1
    state.sources = table.arrange(
      rows, state: state, visible: Layout(self).listRows(of: table.pane), keepsOrder: keepsOrder)
    state.rows = state.sources.map { table.identity(rows[$0]) }
    if follows, let last = state.rows.last { state.selectedID = last }
    lists[table.pane] = state
    settleSelection(of: table.pane)
  }

  /// Follows the selected row to its new place, or takes the neighbour when it is gone.
  mutating func settleSelection(of pane: Pane) {
    guard var state = lists[pane] else { return }
    if let id = state.selectedID, let index = state.rows.firstIndex(of: id) {
      state.selectedIndex = index
    } else {
      state.selectedIndex = min(max(0, state.selectedIndex), max(0, state.rows.count - 1))
      state.selectedID = state.rows.isEmpty ? nil : state.rows[state.selectedIndex]
    }
    let visible = max(1, Layout(self).listRows(of: pane))
    state.offset = min(state.offset, max(0, state.rows.count - visible))
    state.offset = min(state.offset, state.selectedIndex)
    state.offset = max(state.offset, state.selectedIndex - visible + 1)
    lists[pane] = state
  }

  mutating func select(index: Int, in pane: Pane) {
    guard var state = lists[pane], !state.rows.isEmpty else { return }
    state.selectedIndex = min(max(0, index), state.rows.count - 1)
    state.selectedID = state.rows[state.selectedIndex]
    lists[pane] = state
    settleSelection(of: pane)
  }

  /// Columns of the pane that can order it.
  func sortableColumns(of pane: Pane) -> [String] {
    switch pane {
    case .streams: Tables.streams.sortableColumns
    case .backends: Tables.backends.sortableColumns
    case .requests: Tables.requests.sortableColumns
    case .errors: Tables.errors.sortableColumns
    case .keys: Tables.keys.sortableColumns
    case .mappings, .notices, .throughput, .requestsGraph, .rates, .totals: []
    }
  }
}
