/// Text as it may stand on a screen: every string passes through here on its way into cells.
///
/// Names, messages and user agents come from strangers. Controls, escapes, direction changes and
/// joiners are dropped, newlines become a sign, and emoji, on whose width terminals disagree, become
/// a box. CJK is kept at two columns.
struct DisplayText {
  private(set) var cells: [Cell] = []
  private(set) var width = 0

  /// Takes as much of the text as fits; a cut is marked by an ellipsis in the last column.
  init(_ text: String, width limit: Int, glyphs: Glyphs, style: Style = .text) {
    guard limit > 0 else { return }
    for scalar in text.unicodeScalars {
      switch Self.placement(of: scalar, glyphs: glyphs) {
      case .nothing: continue
      case .mark: addMark(scalar.value)
      case .cell(let base, let columns):
        guard width + columns <= limit else {
          endWithEllipsis(limit: limit, glyphs: glyphs, style: style)
          return
        }
        cells.append(Cell(base: base, style: style, width: UInt8(columns)))
        width += columns
      }
    }
  }

  /// How many columns the text takes when nothing cuts it.
  static func width(of text: String, glyphs: Glyphs) -> Int {
    DisplayText(text, width: .max, glyphs: glyphs).width
  }

  private mutating func addMark(_ value: UInt32) {
    guard let last = cells.indices.last else { return }
    if cells[last].mark == 0 {
      cells[last].mark = value
    } else if cells[last].secondMark == 0 {
      cells[last].secondMark = value
    }
  }

  private mutating func endWithEllipsis(limit: Int, glyphs: Glyphs, style: Style) {
    while width > limit - 1, let last = cells.popLast() {
      width -= Int(last.width)
    }
    cells.append(Cell(base: glyphs.ellipsis, style: style))
    width += 1
  }

  private enum Placement {
    case nothing, mark
    case cell(UInt32, Int)
  }

  private static func placement(of scalar: Unicode.Scalar, glyphs: Glyphs) -> Placement {
    let value = scalar.value
    if value >= 0x20 && value < 0x7F { return .cell(value, 1) }
    if value == 0x0A { return .cell(glyphs.newline, 1) }
    if value == 0x09 { return .cell(0x20, 1) }
    if value < 0xA0 { return .nothing }
    if isOurs(value) { return .cell(glyphs.isASCII ? glyphs.placeholder : value, 1) }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
      return .nothing
    case .nonspacingMark, .enclosingMark:
      // Variation selectors are marks too, and ask for emoji.
      if glyphs.isASCII || scalar.properties.isVariationSelector { return .nothing }
      return .mark
    case .privateUse, .unassigned: return .cell(glyphs.placeholder, 1)
    default: break
    }
    if glyphs.isASCII || isDisputed(value) { return .cell(glyphs.placeholder, 1) }
    if value == 0xA0 { return .cell(0x20, 1) }
    return .cell(value, isWide(value) ? 2 : 1)
  }

  /// Lines, blocks, arrows and the few signs that the dashboard itself draws.
  private static func isOurs(_ value: UInt32) -> Bool {
    (0x2190...0x21B5).contains(value) || (0x2500...0x259F).contains(value)
      || [0x2026, 0x25AF, 0x25B2, 0x23CE].contains(value)
  }

  /// Characters whose width depends on whom one asks: emoji, symbols, jamo that join.
  private static func isDisputed(_ value: UInt32) -> Bool {
    (0x1F000...0x1FBFF).contains(value) || (0x2300...0x23FF).contains(value)
      || (0x25A0...0x27BF).contains(value) || (0x2B00...0x2BFF).contains(value)
      || (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value)
      || (0x3248...0x324F).contains(value) || (0x4DC0...0x4DFF).contains(value)
      || (0xE0000...0x10FFFF).contains(value)
  }

  private static func isWide(_ value: UInt32) -> Bool {
    (0x1100...0x115F).contains(value) || (0x2E80...0x303E).contains(value)
      || (0x3041...0xA4CF).contains(value) || (0xA960...0xA97C).contains(value)
      || (0xAC00...0xD7A3).contains(value) || (0xF900...0xFAFF).contains(value)
      || (0xFE30...0xFE6F).contains(value) || (0xFF01...0xFF60).contains(value)
      || (0xFFE0...0xFFE6).contains(value) || (0x17000...0x18CFF).contains(value)
      || (0x1B000...0x1B2FF).contains(value) || (0x20000...0x3FFFD).contains(value)
  }
}
