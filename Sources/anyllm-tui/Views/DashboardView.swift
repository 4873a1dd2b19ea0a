internal import ControlPlane

/// Draws the model: the same model gives the same grid, on any terminal or on none.
enum DashboardView {
  static func draw(_ model: DashboardModel) -> Grid {
    var canvas = Canvas(size: model.size, glyphs: model.glyphs)
    let layout = Layout(model)
    guard layout.tier != .line else {
      LineView.draw(model, on: &canvas)
      return canvas.grid
    }
    StatusBar.draw(model, in: layout.status, on: &canvas)
    if let tabs = layout.tabs { TabBar.draw(model, in: tabs, on: &canvas) }
    if model.help != nil {
      HelpView.draw(model, in: layout.body, isBoxed: layout.isBoxed, on: &canvas)
    } else if case .row(let pane, let id) = model.detail {
      DetailView.draw(
        model, pane: pane, id: id, in: layout.body, isBoxed: layout.isBoxed, isWhole: true,
        on: &canvas)
    } else {
      drawPanes(model, layout, on: &canvas)
    }
    HintBar.draw(model, in: layout.hint, on: &canvas)
    if let dialog = model.dialog { DialogView.draw(dialog, model, on: &canvas) }
    return canvas.grid
  }

  private static func drawPanes(
    _ model: DashboardModel, _ layout: Layout, on canvas: inout Canvas
  ) {
    for slot in layout.slots {
      let isFocused = slot.pane == model.focusedPane
      let frame = PaneFrame(rect: slot.rect, isBoxed: layout.isBoxed, isFocused: isFocused)
      switch slot.pane {
      case .throughput, .requestsGraph, .rates, .totals:
        FiguresView.draw(slot.pane, model, frame, tier: layout.tier, on: &canvas)
      case .streams: ListView.draw(Tables.streams, model, frame, on: &canvas)
      case .backends: ListView.draw(Tables.backends, model, frame, on: &canvas)
      case .requests: ListView.draw(Tables.requests, model, frame, on: &canvas)
      case .errors: ListView.draw(Tables.errors, model, frame, on: &canvas)
      case .keys: ListView.draw(Tables.keys, model, frame, on: &canvas)
      case .mappings: ListView.draw(Tables.mappings, model, frame, on: &canvas)
      case .notices: ListView.draw(Tables.notices, model, frame, on: &canvas)
      }
    }
    guard let rect = layout.detail else { return }
    let pane = model.screen == .overview ? Pane.streams : model.focusedPane
    DetailView.draw(
      model, pane: pane, id: model.lists[pane]?.selectedID, in: rect, isBoxed: layout.isBoxed,
      isWhole: false, on: &canvas)
  }
}

/// What surrounds a pane: a border where there is room for one, else a rule above it.
struct PaneFrame {
  let rect: Rect
  let isBoxed: Bool
  let isFocused: Bool

  /// Draws the frame and gives back what is inside.
  func draw(title: String, trailing: String = "", on canvas: inout Canvas) -> Rect {
    if isBoxed {
      canvas.box(rect, title: title, trailing: trailing, isFocused: isFocused)
      return rect.inset(1, 1)
    }
    canvas.rule(rect, title: title, trailing: trailing, isFocused: isFocused)
    return rect.split(top: 1).1
  }
}
