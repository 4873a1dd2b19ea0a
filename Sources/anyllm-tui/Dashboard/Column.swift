/// What one cell of a table shows.
enum CellContent {
  case text(String, Role)
  /// The newest values at the right, or all of the last `window` ones squeezed into the cell.
  case sparkline([Double], window: Int?)
}

/// One column of a table: how wide it may be, how long it stays, what it shows and sorts by.
struct Column<Row>: Sendable {
  let title: String
  var minimum: Int
  var maximum: Int
  /// 1 stays longest when the table is too narrow.
  let priority: Int
  var isRight = false
  /// Columns of low importance give way until this column is so wide.
  var comfortable = 0
  /// A width that depends on what is shown, instead of both bounds.
  var exactly: (@Sendable (DashboardModel) -> Int)?
  let cell: @Sendable (Row, DashboardModel) -> CellContent
  var precedes: (@Sendable (Row, Row) -> Bool)?

  init(
    _ title: String, _ widths: ClosedRange<Int>, priority: Int, isRight: Bool = false,
    comfortable: Int = 0,
    exactly: (@Sendable (DashboardModel) -> Int)? = nil,
    precedes: (@Sendable (Row, Row) -> Bool)? = nil,
    cell: @escaping @Sendable (Row, DashboardModel) -> CellContent
  ) {
    self.title = title
    minimum = widths.lowerBound
    maximum = widths.upperBound
    self.priority = priority
    self.isRight = isRight
    self.comfortable = comfortable
    self.exactly = exactly
    self.cell = cell
    self.precedes = precedes
  }

  /// The column as wide as this model wants it.
  func settled(for model: DashboardModel) -> Column {
    guard let width = exactly?(model) else { return self }
    var column = self
    column.minimum = width
    column.maximum = width
    return column
  }
}

extension Array {
  /// The columns that fit, each with its width; one blank stands between two.
  func fitted<Row>(to width: Int) -> [(column: Column<Row>, width: Int)]
  where Element == Column<Row> {
    var kept = self
    func needed(_ width: (Column<Row>) -> Int) -> Int {
      kept.reduce(kept.count - 1) { $0 + width($1) }
    }
    func dropLeast(from priority: Int) -> Bool {
      let candidates = kept.indices.filter { kept[$0].priority >= priority }
      guard
        let least = candidates.max(by: {
          (kept[$0].priority, $0) < (kept[$1].priority, $1)
        })
      else { return false }
      kept.remove(at: least)
      return true
    }
    while needed({ Swift.max($0.minimum, $0.comfortable) }) > width {
      guard dropLeast(from: 5) else { break }
    }
    while kept.count > 1, needed(\.minimum) > width {
      guard dropLeast(from: 0) else { break }
    }
    return kept.widened(to: width)
  }

  /// Gives what room is left to the most important columns first, and the rest to the elastic one.
  private func widened<Row>(to width: Int) -> [(column: Column<Row>, width: Int)]
  where Element == Column<Row> {
    var widths = map(\.minimum)
    var spare = Swift.max(0, width - widths.reduce(count - 1, +))
    let byPriority = indices.sorted { (self[$0].priority, $0) < (self[$1].priority, $1) }
    for elastic in [false, true] {
      for index in byPriority where (self[index].maximum == .max) == elastic {
        let wish = elastic ? spare : Swift.min(spare, self[index].maximum - widths[index])
        // Room for the elastic column to be comfortable comes before the others' luxury.
        let reserved = elastic ? 0 : reserve(widths)
        let given = Swift.max(0, Swift.min(wish, spare - reserved))
        widths[index] += given
        spare -= given
      }
    }
    if count == 1 { widths[0] = Swift.min(widths[0], width) }
    return Array<(column: Column<Row>, width: Int)>(zip(self, widths).map { ($0, $1) })
  }

  private func reserve<Row>(_ widths: [Int]) -> Int where Element == Column<Row> {
    zip(self, widths).reduce(0) { sum, pair in
      pair.0.maximum == .max ? sum + Swift.max(0, pair.0.comfortable - pair.1) : sum
    }
  }
}
