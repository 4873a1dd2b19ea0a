/// How many columns and rows there are.
struct Size: Equatable {
  var width: Int
  var height: Int
}

/// A rectangle of cells.
struct Rect: Equatable {
  var x: Int
  var y: Int
  var width: Int
  var height: Int

  var maxX: Int { x + width }
  var maxY: Int { y + height }
  var isEmpty: Bool { width <= 0 || height <= 0 }

  func inset(_ columns: Int, _ rows: Int) -> Rect {
    Rect(
      x: x + columns, y: y + rows, width: max(0, width - 2 * columns),
      height: max(0, height - 2 * rows))
  }

  /// The first `rows` rows, and what is left below them.
  func split(top rows: Int) -> (Rect, Rect) {
    let taken = min(max(0, rows), max(0, height))
    return (
      Rect(x: x, y: y, width: width, height: taken),
      Rect(x: x, y: y + taken, width: width, height: height - taken)
    )
  }

  /// The first `columns` columns, and what is left beside them.
  func split(left columns: Int) -> (Rect, Rect) {
    let taken = min(max(0, columns), max(0, width))
    return (
      Rect(x: x, y: y, width: taken, height: height),
      Rect(x: x + taken, y: y, width: width - taken, height: height)
    )
  }
}
