/// What a key can ask for; the raw value is its stable id.
enum Action: String, CaseIterable {
  case help, back, quit, interrupt, suspend, repaint, refresh
  case showScreen = "show-screen"
  case nextPane = "next-pane"
  case previousPane = "previous-pane"
  case zoomPane = "zoom-pane"
  case pause, filter
  case toggleFilter = "toggle-filter"
  case open, up, down, pageUp, pageDown, first, last, previousItem, nextItem
  case sortLeft = "sort-left"
  case sortRight = "sort-right"
  case sortReverse = "sort-reverse"
  case widerWindow = "wider-window"
  case narrowerWindow = "narrower-window"
  case kill
  case drainBackend = "drain-backend"
  case disableBackend = "disable-backend"
}

/// Where a binding has an effect.
enum Place: String, CaseIterable {
  case anywhere = "Anywhere"
  case lists = "In a list"
  case graphs = "On the overview"
  case details = "In a detail"
  case streams = "On a stream"
  case backends = "On a backend"
}

/// One line of the key registry, from which dispatch, hint bar and help are made.
struct KeyBinding {
  let action: Action
  let keys: [Key]
  let place: Place
  /// The word in the hint bar; bindings without one are found in the help.
  var hint: String = ""
  /// Lower stays longer when the hint bar is short of room.
  var rank = 9
  let help: String
  /// The same thing asked by the command line.
  var command: String = ""
  /// Changes something in the gateway, and so is refused to a read-only dashboard.
  var isChange = false
}

/// Every key of the dashboard, once.
enum KeyRegistry {
  static let all: [KeyBinding] = [
    KeyBinding(
      action: .help, keys: [.character("?"), .helpKey], place: .anywhere, hint: "help", rank: 0,
      help: "this help; ? or Esc closes it"),
    KeyBinding(
      action: .open, keys: [.enter], place: .lists, hint: "open", rank: 3,
      help: "open the selected row"),
    KeyBinding(
      action: .nextPane, keys: [.tab], place: .anywhere, hint: "pane", rank: 5, help: "next pane"),
    KeyBinding(
      action: .previousPane, keys: [.backTab], place: .anywhere, help: "previous pane"),
    KeyBinding(
      action: .zoomPane, keys: [.character("z")], place: .anywhere, hint: "zoom", rank: 8,
      help: "give the focused pane the whole screen, or take it back"),
    KeyBinding(
      action: .filter, keys: [.character("/")], place: .lists, hint: "filter", rank: 4,
      help: "show only rows that contain every word; !word excludes"),
    KeyBinding(
      action: .toggleFilter, keys: [.character("\\")], place: .lists,
      help: "switch the filter off and on again"),
    KeyBinding(
      action: .pause, keys: [.character(" "), .character("p")], place: .anywhere, hint: "pause",
      rank: 6, help: "hold the picture still; the gateway goes on"),
    KeyBinding(
      action: .sortRight, keys: [.character(">")], place: .lists, help: "sort by the next column"),
    KeyBinding(
      action: .sortLeft, keys: [.character("<")], place: .lists, hint: "sort", rank: 7,
      help: "sort by the column before"),
    KeyBinding(
      action: .sortReverse, keys: [.character("r")], place: .lists, hint: "reverse", rank: 10,
      help: "reverse the order"),
    KeyBinding(
      action: .kill, keys: [.character("X")], place: .streams, hint: "kill", rank: 2,
      help: "end this stream; asks first", command: "anyllmctl requests kill ID",
      isChange: true),
    KeyBinding(
      action: .drainBackend, keys: [.character("d")], place: .backends, hint: "drain", rank: 2,
      help: "drain or enable; asks first",
      command: "anyllmctl backends drain", isChange: true),
    KeyBinding(
      action: .disableBackend, keys: [.character("D")], place: .backends, hint: "disable", rank: 2,
      help: "take it out; asks first", command: "anyllmctl backends disable",
      isChange: true),
    KeyBinding(
      action: .quit, keys: [.character("q"), .character("Q")], place: .anywhere, hint: "quit",
      rank: 1, help: "back one level; at the top quit, asking if streams run"),
    KeyBinding(
      action: .showScreen, keys: ScreenName.allCases.compactMap(\.key), place: .anywhere,
      help: "the screens", command: "anyllmctl status"),
    KeyBinding(
      action: .back, keys: [.escape], place: .anywhere,
      help: "close what is open, one step at a time; never quits"),
    KeyBinding(
      action: .interrupt, keys: [.control("c")], place: .anywhere,
      help: "quit; again within 3 s: drain; a third time: quit now"),
    KeyBinding(
      action: .suspend, keys: [.control("z")], place: .anywhere,
      help: "suspend the whole gateway, asking if streams run"),
    KeyBinding(
      action: .repaint, keys: [.control("l")], place: .anywhere, help: "draw everything again"),
    KeyBinding(
      action: .refresh, keys: [.character(".")], place: .anywhere, help: "ask for fresh lists now"),
    KeyBinding(
      action: .up, keys: [.up, .character("k")], place: .lists, help: "row up"),
    KeyBinding(
      action: .down, keys: [.down, .character("j")], place: .lists, help: "row down"),
    KeyBinding(
      action: .pageUp, keys: [.pageUp, .control("b")], place: .lists, help: "page up"),
    KeyBinding(
      action: .pageDown, keys: [.pageDown, .control("f")], place: .lists, help: "page down"),
    KeyBinding(
      action: .first, keys: [.home, .character("g")], place: .lists, help: "first row"),
    KeyBinding(
      action: .last, keys: [.end, .character("G")], place: .lists, help: "last row"),
    KeyBinding(
      action: .previousItem, keys: [.character("[")], place: .details, hint: "previous", rank: 5,
      help: "the row before"),
    KeyBinding(
      action: .nextItem, keys: [.character("]")], place: .details, hint: "next", rank: 5,
      help: "the row after"),
    KeyBinding(
      action: .narrowerWindow, keys: [.character("+")], place: .graphs,
      help: "graphs over a shorter time: 1, 5 or 15 minutes"),
    KeyBinding(
      action: .widerWindow, keys: [.character("-")], place: .graphs,
      help: "graphs over a longer time"),
  ]

  static func binding(for key: Key) -> KeyBinding? {
    all.first { $0.keys.contains(key) }
  }

  static func binding(of action: Action) -> KeyBinding? {
    all.first { $0.action == action }
  }
}

extension ScreenName {
  /// The digit that shows the screen.
  var key: Key? {
    Unicode.Scalar(UInt32(0x30 + rawValue)).map { .character($0) }
  }
}
