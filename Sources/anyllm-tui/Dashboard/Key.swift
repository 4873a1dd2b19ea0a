/// One key press, or what a terminal reports in the same way.
enum Key: Hashable {
  case character(Unicode.Scalar)
  case control(Unicode.Scalar)
  case enter, escape, tab, backTab, backspace, delete
  case up, down, left, right, pageUp, pageDown, home, end
  case helpKey
  case pasteBegin, pasteEnd, focusIn, focusOut
  case unknown

  /// How hints and help write it.
  func label(_ glyphs: Glyphs) -> String {
    switch self {
    case .character(" "): "Space"
    case .character(let scalar): String(Character(scalar))
    case .control(let scalar): "Ctrl-" + String(Character(scalar)).uppercased()
    case .enter: glyphs.enter
    case .escape: "Esc"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .up: "Up"
    case .down: "Down"
    case .left: "Left"
    case .right: "Right"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .home: "Home"
    case .end: "End"
    case .helpKey: "F1"
    default: ""
    }
  }
}
