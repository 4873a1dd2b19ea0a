/// A screen as a value: rows of cells that can be compared, printed and sent to a terminal.
struct Grid: Equatable {
  let size: Size
  private(set) var cells: [Cell]

  init(size: Size) {
    self.size = Size(width: max(0, size.width), height: max(0, size.height))
    cells = Array(repeating: .blank, count: self.size.width * self.size.height)
  }

  subscript(x: Int, y: Int) -> Cell {
    cells[y * size.width + x]
  }

  func contains(_ x: Int, _ y: Int) -> Bool {
    x >= 0 && y >= 0 && x < size.width && y < size.height
  }

  /// Puts a cell; whatever half of a wide character it cuts off becomes blank.
  mutating func put(_ cell: Cell, _ x: Int, _ y: Int) {
    guard contains(x, y) else { return }
    guard cell.width < 2 || x + 1 < size.width else { return }
    let index = y * size.width + x
    separate(index, x)
    cells[index] = cell
    guard cell.width == 2 else { return }
    separate(index + 1, x + 1)
    cells[index + 1] = Cell(base: 0, style: cell.style, width: 0)
  }

  mutating func restyle(_ x: Int, _ y: Int, _ change: (inout Style) -> Void) {
    guard contains(x, y) else { return }
    change(&cells[y * size.width + x].style)
  }

  private mutating func separate(_ index: Int, _ x: Int) {
    switch cells[index].width {
    case 0 where x > 0: cells[index - 1] = Cell(style: cells[index - 1].style)
    case 2 where x + 1 < size.width: cells[index + 1] = Cell(style: cells[index + 1].style)
    default: break
    }
  }

  /// The rows as text, without the blanks at their ends.
  var lines: [String] {
    (0..<size.height).map { y in
      var line = String.UnicodeScalarView()
      for x in 0..<size.width {
        let cell = self[x, y]
        for value in [cell.base, cell.mark, cell.secondMark] where value != 0 {
          line.append(Unicode.Scalar(value) ?? "?")
        }
      }
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }
}
