internal import CNcurses

/// The terminal while the screen is up: shows grids, reads keys, and gives the terminal back.
///
/// Everything that touches ncurses is here, and all of it but `abandon` runs on the main thread.
/// The shim keeps its state in this file's object, which is why no other file may import it.
final class Curses {
  /// How a terminal is to be used.
  struct Settings {
    var term: String
    var input: Int32
    var output: Int32
    var wantsColour: Bool
    /// Whether to ask for focus and paste reports.
    var wantsReports: Bool
    var capturesOutput = true
  }

  private(set) var hasColour = false
  private let theme: Theme
  private var front: Grid?
  private var run: [screen_cell] = []
  private var isOpen = true

  /// Takes the terminal over; nothing when it cannot be used.
  init?(_ settings: Settings) {
    let isReady = unsafe settings.term.withCString { term in
      unsafe screen_open(
        term, settings.input, settings.output, settings.wantsReports ? 1 : 0) == 1
    }
    guard isReady else { return nil }
    hasColour = settings.wantsColour && screen_start_colours() >= 8
    theme = hasColour ? .colours : .mono
    if hasColour {
      for role in Role.allCases {
        guard let colour = theme[role].colour else { continue }
        _ = screen_set_pair(Int32(role.rawValue) + 1, Int32(colour))
      }
    }
    guard settings.capturesOutput else { return }
    screen_guard_crashes()
    screen_capture()
  }

  deinit { close() }

  /// Gives the terminal back and prints what libraries said meanwhile.
  func close() {
    guard isOpen else { return }
    isOpen = false
    screen_close()
    screen_replay()
  }

  /// Sends what differs from the grid shown before.
  func show(_ grid: Grid) {
    let isNew = front?.size != grid.size
    for y in 0..<grid.size.height { send(row: y, of: grid, isNew: isNew) }
    front = grid
    screen_flush()
  }

  private func send(row y: Int, of grid: Grid, isNew: Bool) {
    let width = grid.size.width
    var x = 0
    while x < width {
      guard isNew || front?[x, y] != grid[x, y] else {
        x += 1
        continue
      }
      // Differences close to one another travel together.
      var start = x
      var end = x + 1
      var equal = 0
      var next = end
      while next < width, equal < 4 {
        if isNew || front?[next, y] != grid[next, y] {
          end = next + 1
          equal = 0
        } else {
          equal += 1
        }
        next += 1
      }
      while start > 0, grid[start, y].width == 0 { start -= 1 }
      put(start..<end, y, of: grid)
      x = next
    }
  }

  private func put(_ columns: Range<Int>, _ y: Int, of grid: Grid) {
    run.removeAll(keepingCapacity: true)
    for x in columns {
      let cell = grid[x, y]
      let paint = theme[cell.style.role]
      var attributes: UInt8 = 0
      if paint.isBold { attributes |= UInt8(SCREEN_BOLD) }
      if paint.isDim { attributes |= UInt8(SCREEN_DIM) }
      if paint.isUnderlined { attributes |= UInt8(SCREEN_UNDERLINE) }
      if paint.isReverse || cell.style.isSelected { attributes |= UInt8(SCREEN_REVERSE) }
      let pair = paint.colour == nil || !hasColour ? 0 : UInt16(cell.style.role.rawValue) + 1
      run.append(
        screen_cell(
          base: cell.base, mark: cell.mark, second_mark: cell.secondMark, pair: pair,
          attributes: attributes, width: cell.width))
    }
    unsafe run.withUnsafeBufferPointer { cells in
      unsafe screen_put(
        Int32(y), Int32(columns.lowerBound), cells.baseAddress, Int32(cells.count))
    }
  }

  /// The next key that is waiting.
  func nextKey() -> Key? {
    var code: Int32 = 0
    while true {
      switch unsafe screen_key(&code) {
      case 0: return nil
      case 1: return Self.character(code)
      default:
        // A resize is read from its signal, not from here.
        if code != KEY_RESIZE { return Self.function(code) }
      }
    }
  }

  private static func character(_ code: Int32) -> Key {
    switch code {
    case 10, 13: .enter
    case 9: .tab
    case 27: .escape
    case 8, 127: .backspace
    case 1...26: Unicode.Scalar(UInt32(code) + 0x60).map { .control($0) } ?? .unknown
    case 0..<32: .unknown
    default: Unicode.Scalar(UInt32(bitPattern: code)).map { .character($0) } ?? .unknown
    }
  }

  private static func function(_ code: Int32) -> Key {
    switch code {
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_PPAGE: .pageUp
    case KEY_NPAGE: .pageDown
    case KEY_HOME: .home
    case KEY_END: .end
    case KEY_BTAB: .backTab
    case KEY_BACKSPACE: .backspace
    case KEY_DC: .delete
    case KEY_ENTER: .enter
    case KEY_F0 + 1: .helpKey
    case Int32(SCREEN_KEY_FOCUS_IN): .focusIn
    case Int32(SCREEN_KEY_FOCUS_OUT): .focusOut
    case Int32(SCREEN_KEY_PASTE_BEGIN): .pasteBegin
    case Int32(SCREEN_KEY_PASTE_END): .pasteEnd
    default: .unknown
    }
  }

  /// The terminal's size, as it says itself.
  func size() -> Size? {
    var rows: Int32 = 0
    var columns: Int32 = 0
    guard unsafe screen_size(&rows, &columns) == 1 else { return nil }
    return Size(width: Int(columns), height: Int(rows))
  }

  func resize(to size: Size) {
    screen_resize(Int32(size.height), Int32(size.width))
    front = nil
  }

  /// The next frame is drawn from nothing.
  func repaint() {
    screen_repaint()
    front = nil
  }

  /// Stops the process like a job; comes back when it goes on.
  func suspend() {
    screen_suspend()
    front = nil
  }

  func boundCapture() { screen_bound_capture() }

  // What follows needs no open screen.

  /// Whether the terminal can be drawn on at all.
  static func canUse(term: String, output: Int32) -> Bool {
    unsafe term.withCString { unsafe screen_is_usable($0, output) == 1 }
  }

  static func isForeground(_ terminal: Int32) -> Bool { screen_is_foreground(terminal) == 1 }

  /// Takes a locale (the environment's for an empty name) and tells whether it is UTF-8.
  static func setLocale(_ name: String) -> Bool {
    unsafe name.withCString { unsafe screen_set_locale($0) == 1 }
  }

  /// Gives the terminal back from another thread, when the main thread is stuck in writing to it.
  static func abandon() { screen_abandon() }

  /// Prints what puts a terminal right that a killed dashboard left behind.
  static func printReset() { screen_print_restore(1) }

  /// A pseudo terminal for measuring without one.
  static func makeTerminal(_ size: Size) -> (master: Int32, terminal: Int32)? {
    var master: Int32 = -1
    var terminal: Int32 = -1
    guard
      unsafe screen_make_terminal(Int32(size.height), Int32(size.width), &master, &terminal) == 1
    else { return nil }
    return (master, terminal)
  }
}
