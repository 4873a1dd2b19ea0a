/// Draws text, frames and graphs into a grid; strings reach cells only as `DisplayText`.
struct Canvas {
  enum Alignment { case left, right }

  private(set) var grid: Grid
  let glyphs: Glyphs

  init(size: Size, glyphs: Glyphs) {
    grid = Grid(size: size)
    self.glyphs = glyphs
  }

  /// Writes one line into at most `width` columns and tells how many it took.
  @discardableResult
  mutating func put(
    _ text: String, _ x: Int, _ y: Int, width: Int = .max, style: Style = .text,
    align: Alignment = .left
  ) -> Int {
    let room = min(width, grid.size.width - x)
    guard room > 0, y >= 0, y < grid.size.height else { return 0 }
    let shown = DisplayText(text, width: room, glyphs: glyphs, style: style)
    var column = align == .right ? x + room - shown.width : x
    for cell in shown.cells {
      grid.put(cell, column, y)
      column += Int(cell.width)
    }
    return shown.width
  }

  @discardableResult
  mutating func put(
    _ text: String, _ x: Int, _ y: Int, width: Int = .max, role: Role,
    align: Alignment = .left
  ) -> Int {
    put(text, x, y, width: width, style: Style(role: role), align: align)
  }

  mutating func fill(_ rect: Rect, role: Role = .text) {
    for y in rect.y..<max(rect.y, rect.maxY) {
      for x in rect.x..<max(rect.x, rect.maxX) {
        grid.put(Cell(style: Style(role: role)), x, y)
      }
    }
  }

  /// Gives every cell of the rectangle another look without touching its text.
  mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    for y in rect.y..<max(rect.y, rect.maxY) {
      for x in rect.x..<max(rect.x, rect.maxX) { grid.restyle(x, y, change) }
    }
  }

  mutating func line(_ glyph: String, _ x: Int, _ y: Int, count: Int, role: Role) {
    guard count > 0, let base = glyph.unicodeScalars.first?.value else { return }
    for column in x..<(x + count) {
      grid.put(Cell(base: base, style: Style(role: role)), column, y)
    }
  }

  /// A border with a title cut into its top, and a second text at its right.
  mutating func box(
    _ rect: Rect, title: String, trailing: String = "", isFocused: Bool, role: Role? = nil
  ) {
    guard rect.width >= 2, rect.height >= 2 else { return }
    let lineRole = role ?? (isFocused ? .focus : .dim)
    let corners = isFocused ? glyphs.focusedCorners : glyphs.corners
    let vertical = isFocused ? glyphs.focusedVertical : glyphs.vertical
    let horizontal = isFocused ? glyphs.focusedHorizontal : glyphs.horizontal
    for (y, left, right) in [(rect.y, 0, 1), (rect.maxY - 1, 2, 3)] {
      line(horizontal, rect.x + 1, y, count: rect.width - 2, role: lineRole)
      line(corners[left], rect.x, y, count: 1, role: lineRole)
      line(corners[right], rect.maxX - 1, y, count: 1, role: lineRole)
    }
    for y in (rect.y + 1)..<max(rect.y + 1, rect.maxY - 1) {
      line(vertical, rect.x, y, count: 1, role: lineRole)
      line(vertical, rect.maxX - 1, y, count: 1, role: lineRole)
    }
    cut(title: title, trailing: trailing, into: rect, isFocused: isFocused, role: role)
  }

  /// One row with a title, for where a border would cost rows.
  mutating func rule(_ rect: Rect, title: String, trailing: String = "", isFocused: Bool) {
    let horizontal = isFocused ? glyphs.focusedHorizontal : glyphs.horizontal
    line(horizontal, rect.x, rect.y, count: rect.width, role: isFocused ? .focus : .dim)
    cut(title: title, trailing: trailing, into: rect, isFocused: isFocused, role: nil)
  }

  private mutating func cut(
    title: String, trailing: String, into rect: Rect, isFocused: Bool, role: Role?
  ) {
    let titleRole = role ?? (isFocused ? .focus : .title)
    let room = rect.width - 6
    guard room > 0 else { return }
    let used = put(" " + title + " ", rect.x + 2, rect.y, width: room, role: titleRole)
    guard !trailing.isEmpty, room - used > trailing.unicodeScalars.count + 3 else { return }
    put(
      " " + trailing + " ", rect.x + 3 + used, rect.y, width: room - used + 1,
      role: isFocused ? .text : .dim, align: .right)
  }
}
