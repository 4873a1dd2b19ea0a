internal import ControlPlane

/// Which arrangement a size allows; the dashboard degrades and never refuses.
enum Tier: Int, Comparable {
  case line, tiny, small, medium, large, huge

  init(_ size: Size) {
    let steps: [(Tier, Int, Int)] = [
      (.huge, 180, 50), (.large, 110, 34), (.medium, 80, 24), (.small, 60, 16), (.tiny, 40, 10),
    ]
    self =
      steps.first { size.width >= $0.1 && size.height >= $0.2 }.map { $0.0 } ?? .line
  }

  static func < (left: Tier, right: Tier) -> Bool { left.rawValue < right.rawValue }
}

/// A pane and the rectangle it has, border or rule included.
struct Slot: Equatable {
  let pane: Pane
  let rect: Rect
}

/// Where everything stands on a screen of this size.
struct Layout {
  let tier: Tier
  let status: Rect
  let tabs: Rect?
  let body: Rect
  let hint: Rect
  /// Borders, where they cost no table rows; rules elsewhere.
  let isBoxed: Bool
  private(set) var slots: [Slot] = []
  /// Where the selected row is shown closely beside or below its list.
  private(set) var detail: Rect?

  init(_ model: DashboardModel) {
    let size = model.size
    tier = Tier(size)
    isBoxed = size.width >= 100 && size.height >= 30
    let hasTabs = size.height >= 20 && size.width >= 72
    status = Rect(x: 0, y: 0, width: size.width, height: min(1, size.height))
    tabs = hasTabs ? Rect(x: 0, y: 1, width: size.width, height: 1) : nil
    let top = hasTabs ? 2 : 1
    body = Rect(x: 0, y: top, width: size.width, height: max(0, size.height - top - 1))
    hint = Rect(x: 0, y: max(0, size.height - 1), width: size.width, height: min(1, size.height))
    guard tier != .line else { return }
    if model.isZoomed {
      let zoomed = model.focus[model.screen] ?? model.screen.panes.first ?? .streams
      slots = [Slot(pane: zoomed, rect: body)]
    } else if model.screen == .overview {
      placeOverview(model)
    } else {
      placeList(model)
    }
  }

  func rect(of pane: Pane) -> Rect? {
    slots.first { $0.pane == pane }?.rect
  }

  /// The lists that are on the screen now, in the order of Tab.
  var focusablePanes: [Pane] {
    let lists: Set<Pane> = [
      .backends, .streams, .requests, .errors, .keys, .mappings, .notices,
    ]
    return slots.map(\.pane).filter(lists.contains)
  }

  /// How many rows of a pane's list are in view.
  func listRows(of pane: Pane) -> Int {
    guard let rect = rect(of: pane) else { return 0 }
    let header = pane == .notices ? 0 : 1
    return max(0, rect.height - header - (isBoxed ? 2 : 1))
  }

  private mutating func placeList(_ model: DashboardModel) {
    let pane = model.screen.panes.first ?? .streams
    guard pane != .notices else {
      slots = [Slot(pane: pane, rect: body)]
      return
    }
    if body.width >= 150 {
      let (list, side) = body.split(left: body.width - 60)
      slots = [Slot(pane: pane, rect: list)]
      detail = side
    } else if body.height >= 20 {
      let (list, below) = body.split(top: body.height - DetailView.compactHeight(isBoxed: isBoxed))
      slots = [Slot(pane: pane, rect: list)]
      detail = below
    } else {
      slots = [Slot(pane: pane, rect: body)]
    }
  }

  private mutating func placeOverview(_ model: DashboardModel) {
    let backends = model.snapshot?.backends.count ?? 0
    switch tier {
    case .huge: placeHuge(backends)
    case .large: placeLarge(backends)
    case .medium, .small: placeRules(backends)
    case .tiny:
      let (facts, streams) = body.split(top: 3)
      slots = [Slot(pane: .rates, rect: facts), Slot(pane: .streams, rect: streams)]
    case .line: break
    }
  }

  private mutating func placeHuge(_ backends: Int) {
    let (graphs, below) = body.split(top: max(10, body.height / 5))
    let (left, right) = graphs.split(left: graphs.width / 2)
    let (middle, last) = right.split(left: right.width / 2)
    let (list, rest) = below.split(top: 3 + min(max(3, backends), max(3, body.height / 6)))
    let bottomHeight = max(8, body.height / 5)
    let (centre, bottom) = rest.split(top: rest.height - bottomHeight)
    let (streams, side) = centre.split(left: centre.width - 60)
    let (errors, others) = bottom.split(left: bottom.width * 2 / 5)
    let (notices, totals) = others.split(left: others.width - 60)
    slots = [
      Slot(pane: .throughput, rect: left), Slot(pane: .requestsGraph, rect: middle),
      Slot(pane: .rates, rect: last), Slot(pane: .backends, rect: list),
      Slot(pane: .streams, rect: streams), Slot(pane: .errors, rect: errors),
      Slot(pane: .notices, rect: notices), Slot(pane: .totals, rect: totals),
    ]
    detail = side
  }

  private mutating func placeLarge(_ backends: Int) {
    let (graphs, below) = body.split(top: 9)
    let (left, right) = graphs.split(left: graphs.width * 3 / 5)
    let (list, rest) = below.split(top: 3 + min(max(2, backends), max(3, body.height / 6)))
    let (streams, bottom) = rest.split(top: rest.height - 8)
    let (errors, notices) = bottom.split(left: bottom.width * 3 / 5)
    slots = [
      Slot(pane: .throughput, rect: left), Slot(pane: .rates, rect: right),
      Slot(pane: .backends, rect: list), Slot(pane: .streams, rect: streams),
      Slot(pane: .errors, rect: errors), Slot(pane: .notices, rect: notices),
    ]
  }

  /// Without borders: sparklines, backends, streams, errors; the streams keep three rows at least.
  private mutating func placeRules(_ backends: Int) {
    let sparkRows = tier == .medium ? 2 : 1
    let (spark, below) = body.split(top: sparkRows)
    let chrome = isBoxed ? 3 : 2
    let most = tier == .medium ? 6 : 4
    var listHeight = chrome + min(max(1, backends), max(most, body.height / 5))
    var errorsHeight = chrome + (body.height >= 30 ? 6 : 3)
    let leastStreams = chrome + 3
    if below.height - listHeight - errorsHeight < leastStreams { errorsHeight = 0 }
    if below.height - listHeight < leastStreams {
      listHeight = max(chrome + 1, below.height - leastStreams)
    }
    let (list, rest) = below.split(top: listHeight)
    let (streams, errors) = rest.split(top: rest.height - errorsHeight)
    slots = [
      Slot(pane: .throughput, rect: spark), Slot(pane: .backends, rect: list),
      Slot(pane: .streams, rect: streams),
    ]
    if errorsHeight > 0 { slots.append(Slot(pane: .errors, rect: errors)) }
  }
}
