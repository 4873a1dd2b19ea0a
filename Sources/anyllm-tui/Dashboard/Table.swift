/// What a list pane shows: where its rows come from, who they are, and in which columns they stand.
struct Table<Row>: Sendable {
  let pane: Pane
  let rows: @Sendable (DashboardModel) -> [Row]
  let identity: @Sendable (Row) -> String
  /// What a filter looks at.
  let fields: @Sendable (Row) -> [String]
  var isFaded: @Sendable (Row) -> Bool = { _ in false }
  /// Rows of a higher urgency come first while not all rows fit.
  var urgency: (@Sendable (Row) -> Int)?
  let columns: [Column<Row>]

  /// The rows that pass the filter, in the order asked for, as indices of `rows`.
  ///
  /// With `keepsOrder` the rows stay where they were and new ones follow, so that a list does not
  /// jump with every number that changes.
  func arrange(
    _ rows: [Row], state: ListState, visible: Int, keepsOrder: Bool
  ) -> [Int] {
    let filter = RowFilter(state.activeFilter)
    var order = Array(rows.indices)
    if !filter.isEmpty { order = order.filter { filter.admits(fields(rows[$0])) } }
    guard let sort = state.sort,
      let precedes = columns.first(where: { $0.title == sort.column })?.precedes
    else {
      guard let urgency, order.count > visible else { return order }
      return order.sorted { (-urgency(rows[$0]), $0) < (-urgency(rows[$1]), $1) }
    }
    if keepsOrder {
      let places = Dictionary(
        state.rows.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      let ranks = rows.map { places[identity($0)] ?? .max }
      return order.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
    }
    let sorted = order.sorted { left, right in
      if precedes(rows[left], rows[right]) { return true }
      return !precedes(rows[right], rows[left]) && left < right
    }
    return sort.isReversed ? sorted.reversed() : sorted
  }

  var sortableColumns: [String] {
    columns.filter { $0.precedes != nil }.map(\.title)
  }
}

/// Sorts an absent number behind every present one.
func precedes(_ left: Int?, _ right: Int?) -> Bool {
  (left ?? .max) < (right ?? .max)
}
