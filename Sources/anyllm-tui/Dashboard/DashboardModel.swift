internal import ControlPlane

/// Everything the dashboard knows, as one value.
struct DashboardModel {
  var size: Size
  var glyphs: Glyphs
  var now: Moment
  var isReadOnly = false

  /// The picture on the screen, and how many newer ones a pause has held back.
  var snapshot: LiveSnapshot?
  var heldSnapshot: LiveSnapshot?
  var isPaused = false
  var figures = LiveFigures()
  var shortIDs: [String: String] = [:]
  /// Tokens per second of each live stream, a sample a second, oldest first.
  var trails: [String: RateTrail] = [:]

  var keys: [KeySummary]?
  var mappings: MappingList?
  var routes: [RouteSummary]?
  var requests: [RequestSummary]?
  var lastFetchMs: Int64 = .min
  var fetchFailure: String?

  var screen = ScreenName.overview
  var focus: [ScreenName: Pane] = [.overview: .streams]
  var isZoomed = false
  var lists: [Pane: ListState] = [:]
  var lastSortMs: Int64 = .min
  var detail: Detail?
  /// The stream whose detail is open, as it was last seen.
  var watchedStream: StreamStatus?
  var dialog: Dialog?
  var help: HelpState?
  var prompt: FilterPrompt?
  var toast: Toast?
  /// Seconds that the graphs show.
  var window = 300
  var scales = Scales()

  var isPasting = false
  var hasFocus = true
  var isTerminalSlow = false
  var isLeaving = false
  var interrupts = Interrupts()

  init(size: Size, glyphs: Glyphs = .unicode, now: Moment) {
    self.size = size
    self.glyphs = glyphs
    self.now = now
  }

  /// The pane that has the keyboard: the chosen one, or another when the size leaves no room for it.
  var focusedPane: Pane {
    let chosen = focus[screen] ?? screen.panes.first ?? .streams
    guard !isZoomed, screen == .overview, chosen != .streams else { return chosen }
    return Layout(self).rect(of: chosen) == nil ? .streams : chosen
  }

  /// A series without the seconds before the gateway started, which were not measured.
  func series(_ path: KeyPath<Throughput, [Double]>) -> [Double] {
    guard let snapshot else { return [] }
    let values = snapshot.throughput[keyPath: path]
    let (age, overflow) = snapshot.takenAtMs.subtractingReportingOverflow(snapshot.startedAtMs)
    guard !overflow, age >= 0, age < Int64(values.count) * 1000 else { return values }
    return Array(values.suffix(Int(age / 1000) + 1))
  }

  /// How wide the ends of request ids are now.
  var idWidth: Int { max(4, shortIDs.first?.value.unicodeScalars.count ?? 4) }

  /// Streams that have not ended yet.
  var liveStreams: Int {
    snapshot?.streams.count { !$0.state.isOver } ?? 0
  }

  var selectedStream: StreamStatus? {
    let id: String?
    switch detail {
    case .row(.streams, let shown): id = shown
    case .row: return nil
    case nil:
      guard focusedPane == .streams else { return nil }
      id = lists[.streams]?.selectedID
    }
    return snapshot?.streams.first { $0.id == id }
  }

  var selectedBackend: BackendStatus? {
    let name: String?
    switch detail {
    case .row(.backends, let shown): name = shown
    case .row: return nil
    case nil:
      guard focusedPane == .backends else { return nil }
      name = lists[.backends]?.selectedID
    }
    return snapshot?.backends.first { $0.name == name }
  }
}

/// Where a list stands: what is selected, what is in view and in which order.
struct ListState: Equatable {
  /// Identities of the rows shown, in order.
  var rows: [String] = []
  /// For each row shown, its index in the source.
  var sources: [Int] = []
  var selectedID: String?
  var selectedIndex = 0
  var offset = 0
  var sort: SortOrder?
  var filter = ""
  var isFilterOff = false

  var activeFilter: String { isFilterOff ? "" : filter }
}

/// Which column orders a list.
struct SortOrder: Equatable {
  var column: String
  var isReversed: Bool
}

/// One row looked at closely.
enum Detail: Equatable {
  case row(Pane, String)
}

/// A question that has the keyboard until it is answered.
struct Dialog: Equatable {
  enum Question: Equatable {
    case kill(StreamStatus)
    case duty(DutyQuestion)
    case quit
    case suspend
  }

  var question: Question
  var openedAtMs: Int64
}

/// A change of a backend's state that waits for its yes.
struct DutyQuestion: Equatable {
  var backend: String
  var duty: BackendDuty
  /// What would lead nowhere then; absent until the gateway has said it.
  var orphans: [String]?
}

/// What is being typed after `/`.
struct FilterPrompt: Equatable {
  var pane: Pane
  var text: String
  var previous: String
}

/// Where the help is scrolled to.
struct HelpState: Equatable {
  var offset = 0
}

/// A sentence in the last row; a failure stays until a key is pressed.
struct Toast: Equatable {
  var text: String
  var isFailure: Bool
  var untilMs: Int64
}

/// How often Ctrl-C was pressed in a row.
struct Interrupts: Equatable {
  var count = 0
  var lastMs: Int64 = .min
}

/// The last samples of one stream's rate.
struct RateTrail: Equatable {
  static let length = 24
  var samples: [Double] = []
  var lastSampleMs: Int64 = .min
}

extension StreamState {
  /// Whether the exchange has ended and is only shown a little longer.
  var isOver: Bool {
    switch self {
    case .done, .failed, .cancelled: true
    case .receiving, .connecting, .waiting, .streaming, .stalled, .retrying: false
    }
  }
}
