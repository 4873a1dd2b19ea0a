import ControlPlane

/// How a word stands out on a terminal; the word itself says the same.
enum Tone: String {
  case good = "32"
  case warning = "33"
  case bad = "31"
  case faint = "2"
}

/// One field of a table: what people read, and what `tsv` gives to programs.
struct Cell: Equatable {
  /// Safe for a terminal.
  let text: String
  /// As it is, control characters included.
  let value: String
  let tone: Tone?

  /// `value` is for programs, the same as the text when absent; empty text reads as `-`.
  init(_ text: String, value: String? = nil, tone: Tone? = nil) {
    self.text = text.isEmpty ? "-" : PlainText.cleaned(text)
    self.value = value ?? text
    self.tone = tone
  }

  init(_ number: Int?, _ style: (Int) -> String) {
    self.init(number.map(style) ?? "", value: number.map { "\($0)" } ?? "")
  }
}

/// A column of a table.
struct Column: Equatable {
  var title: String
  /// 1 is kept longest.
  var priority: Int
  var isNumber = false
  /// The column that gives way first when space is short.
  var isFlexible = false

  static func word(_ title: String, _ priority: Int) -> Column {
    Column(title: title, priority: priority)
  }

  static func number(_ title: String, _ priority: Int) -> Column {
    Column(title: title, priority: priority, isNumber: true)
  }

  static func flexible(_ title: String, _ priority: Int) -> Column {
    Column(title: title, priority: priority, isFlexible: true)
  }
}

/// Rows under titles, fitted to a width by dropping columns and cutting one.
struct Table: Equatable {
  var columns: [Column]
  var rows: [[Cell]] = []

  private static let gap = 2
  private static let leastFlexible = 8

  /// The lines; without a width nothing is dropped or cut.
  func lines(width: Int?, hasHeader: Bool, isColoured: Bool) -> [String] {
    let layout = layout(width: width)
    var lines: [String] = []
    if hasHeader {
      lines.append(line(columns.map { Cell($0.title) }, layout, isColoured: false))
    }
    return lines + rows.map { line($0, layout, isColoured: isColoured) }
  }

  /// Tab-separated, with tabs, newlines and backslashes escaped.
  func separatedLines(hasHeader: Bool) -> [String] {
    (hasHeader ? [columns.map(\.title).joined(separator: "\t")] : [])
      + rows.map { row in row.map { Self.escaped($0.value) }.joined(separator: "\t") }
  }

  static func escaped(_ value: String) -> String {
    PlainText.cleaned(
      value.split(separator: "\\", omittingEmptySubsequences: false)
        .joined(separator: "\\\\"))
  }

  /// Rows that come one by one: the columns are fitted once, by their usual widths.
  func row(_ cells: [Cell], usual: [Int], width: Int?, isColoured: Bool) -> String {
    var layout = columns.indices.map { (index: $0, width: usual[$0]) }
    if let width { layout = fitted(layout, to: width) }
    return line(cells, layout, isCut: width != nil, isColoured: isColoured)
  }

  /// The columns that are shown, and how wide.
  private func layout(width limit: Int?) -> [(index: Int, width: Int)] {
    let all = columns.indices.map { index in
      (
        index: index,
        width: rows.reduce(PlainText.width(of: columns[index].title)) {
          max($0, PlainText.width(of: $1[index].text))
        }
      )
    }
    return limit.map { fitted(all, to: $0) } ?? all
  }

  private func fitted(
    _ all: [(index: Int, width: Int)], to limit: Int
  ) -> [(index: Int, width: Int)] {
    var shown = all
    while true {
      let excess = Self.total(shown) - limit
      if excess <= 0 { return shown }
      if let place = shown.firstIndex(where: { columns[$0.index].isFlexible }),
        shown[place].width - excess >= Self.leastFlexible
      {
        shown[place].width -= excess
        return shown
      }
      guard shown.count > 1,
        let least = shown.indices.max(by: { priority(shown[$0]) < priority(shown[$1]) }),
        priority(shown[least]) > 1
      else {
        return Self.squeezed(shown, to: limit)
      }
      shown.remove(at: least)
    }
  }

  private func priority(_ column: (index: Int, width: Int)) -> Int {
    columns[column.index].priority
  }

  private static func total(_ shown: [(index: Int, width: Int)]) -> Int {
    shown.reduce(-gap) { $0 + $1.width + gap }
  }

  /// Cuts the widest of what is left, cell by cell, down to one cell each.
  private static func squeezed(
    _ shown: [(index: Int, width: Int)], to limit: Int
  ) -> [(index: Int, width: Int)] {
    var shown = shown
    while total(shown) > limit,
      let widest = shown.indices.max(by: { shown[$0].width < shown[$1].width }),
      shown[widest].width > 1
    {
      shown[widest].width -= 1
    }
    return shown
  }

  private func line(
    _ cells: [Cell], _ layout: [(index: Int, width: Int)], isCut: Bool = true, isColoured: Bool
  ) -> String {
    var line = ""
    for (place, column) in layout.enumerated() {
      let cell = cells[column.index]
      let text = isCut ? PlainText.fitted(cell.text, to: column.width) : cell.text
      let padding = String(repeating: " ", count: max(0, column.width - PlainText.width(of: text)))
      let isLast = place == layout.count - 1
      let painted = isColoured ? Self.painted(text, cell.tone) : text
      if place > 0 { line += String(repeating: " ", count: Self.gap) }
      line += columns[column.index].isNumber ? padding + painted : painted
      if !columns[column.index].isNumber, !isLast { line += padding }
    }
    return line
  }

  static func painted(_ text: String, _ tone: Tone?) -> String {
    tone.map { "\u{1B}[\($0.rawValue)m\(text)\u{1B}[0m" } ?? text
  }
}
