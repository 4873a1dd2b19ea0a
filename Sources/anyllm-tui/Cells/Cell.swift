/// What a cell's text means; a theme turns it into a colour and attributes.
enum Role: UInt8, CaseIterable {
  case text, dim, title, focus, header, ok, warn, bad, info, key, graph, secondGraph, danger
  case status
}

/// A role, and whether the cell lies in the selected row.
struct Style: Equatable {
  var role: Role
  var isSelected = false

  static let text = Style(role: .text)
  static let dim = Style(role: .dim)
}

/// One place on the screen: a character, at most two combining marks, and how it looks.
///
/// A wide character has width 2 and is followed by a cell of width 0.
struct Cell: Equatable {
  var base: UInt32 = 0x20
  var mark: UInt32 = 0
  var secondMark: UInt32 = 0
  var style = Style.text
  var width: UInt8 = 1

  static let blank = Cell()
}
