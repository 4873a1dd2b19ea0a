/// The characters the dashboard draws with, for what the terminal can show.
struct Glyphs: Equatable {
  var isASCII: Bool
  /// Eight levels of one cell, lowest first.
  var bars: [String]
  /// Whether the levels fill the cell from below, so that bars can stand on one another.
  var barsStack: Bool
  var horizontal: String
  var vertical: String
  var corners: [String]
  var focusedHorizontal: String
  var focusedVertical: String
  var focusedCorners: [String]
  var ellipsis: UInt32
  var placeholder: UInt32
  var newline: UInt32
  var arrow: String
  var peak: String
  var enter: String
  var axisCorner: String
  var ascending: String { "^" }
  var descending: String { "v" }

  static let unicode = Glyphs(
    isASCII: false, bars: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], barsStack: true,
    horizontal: "─", vertical: "│", corners: ["┌", "┐", "└", "┘"],
    focusedHorizontal: "━", focusedVertical: "┃", focusedCorners: ["┏", "┓", "┗", "┛"],
    ellipsis: 0x2026, placeholder: 0x25AF, newline: 0x23CE, arrow: "→", peak: "▲", enter: "↵",
    axisCorner: "└")

  /// The Linux console's font has lines and shades but no eighths.
  static let console = Glyphs(
    isASCII: false, bars: ["░", "░", "░", "▒", "▒", "▒", "█", "█"], barsStack: true,
    horizontal: "─", vertical: "│", corners: ["┌", "┐", "└", "┘"],
    focusedHorizontal: "═", focusedVertical: "║", focusedCorners: ["╔", "╗", "╚", "╝"],
    ellipsis: 0x7E, placeholder: 0x3F, newline: 0x20, arrow: "→", peak: "^", enter: "Enter",
    axisCorner: "└")

  static let ascii = Glyphs(
    isASCII: true, bars: [".", ":", "-", "=", "+", "*", "#", "@"], barsStack: false,
    horizontal: "-", vertical: "|", corners: ["+", "+", "+", "+"],
    focusedHorizontal: "=", focusedVertical: "|", focusedCorners: ["+", "+", "+", "+"],
    ellipsis: 0x7E, placeholder: 0x3F, newline: 0x20, arrow: "->", peak: "^", enter: "Enter",
    axisCorner: "+")
}
