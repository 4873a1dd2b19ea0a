internal import ControlPlane

/// The last row: what can be pressed here, or what was just said, or what is being typed.
enum HintBar {
  static func draw(_ model: DashboardModel, in rect: Rect, on canvas: inout Canvas) {
    guard rect.height > 0 else { return }
    let inner = Rect(
      x: rect.x + (rect.width > 20 ? 1 : 0), y: rect.y, width: rect.width - 2, height: 1)
    if let dialog = model.dialog {
      canvas.put(
        DialogView.shortText(dialog), inner.x, inner.y, width: inner.width, role: .key)
    } else if let prompt = model.prompt {
      draw(prompt, in: inner, on: &canvas)
    } else if let toast = model.toast {
      canvas.put(
        toast.text, inner.x, inner.y, width: inner.width, role: toast.isFailure ? .bad : .text)
    } else {
      drawHints(model, in: inner, on: &canvas)
    }
  }

  private static func draw(_ prompt: FilterPrompt, in rect: Rect, on canvas: inout Canvas) {
    let tail = "Enter keep  Esc drop"
    let room = rect.width > 50 ? rect.width - tail.count - 2 : rect.width
    // The end of a long filter is where the typing happens.
    let shown = String(prompt.text.unicodeScalars.suffix(max(1, room - 3)))
    canvas.put("/" + shown + "_", rect.x, rect.y, width: room, role: .key)
    guard room < rect.width else { return }
    canvas.put(tail, rect.x, rect.y, width: rect.width, role: .dim, align: .right)
  }

  private static func drawHints(_ model: DashboardModel, in rect: Rect, on canvas: inout Canvas) {
    let places = activePlaces(model)
    let gap = rect.width >= 70 ? 2 : 1
    let hasPanes = Layout(model).focusablePanes.count > 1
    let candidates = KeyRegistry.all.filter {
      !$0.hint.isEmpty && places.contains($0.place) && ($0.action != .nextPane || hasPanes)
    }
    var chosen: [KeyBinding] = []
    var room = rect.width
    for binding in candidates.sorted(by: { $0.rank < $1.rank }) {
      let needed = width(of: binding, model) + (chosen.isEmpty ? 0 : gap)
      guard needed <= room else { continue }
      room -= needed
      chosen.append(binding)
    }
    var x = rect.x
    for binding in candidates where chosen.contains(where: { $0.action == binding.action }) {
      guard let key = binding.keys.first else { continue }
      let isRefused = binding.isChange && model.isReadOnly
      x += canvas.put(key.label(model.glyphs), x, rect.y, role: isRefused ? .dim : .key)
      if key.label(model.glyphs) != "?" { x += 1 }
      x += canvas.put(label(binding, model), x, rect.y, role: isRefused ? .dim : .text) + gap
    }
  }

  private static func label(_ binding: KeyBinding, _ model: DashboardModel) -> String {
    switch binding.action {
    case .quit where model.detail != nil || model.help != nil || model.isZoomed: "back"
    case .pause where model.isPaused: "go on"
    case .drainBackend where model.selectedBackend.map { $0.duty != .serving } ?? false: "enable"
    default: binding.hint
    }
  }

  private static func width(of binding: KeyBinding, _ model: DashboardModel) -> Int {
    let key = binding.keys.first?.label(model.glyphs) ?? ""
    return key.unicodeScalars.count + (key == "?" ? 0 : 1)
      + label(binding, model).unicodeScalars.count
  }

  private static func activePlaces(_ model: DashboardModel) -> Set<Place> {
    if model.help != nil { return [.anywhere] }
    var places: Set<Place> = [.anywhere]
    if case .row(let pane, _) = model.detail {
      places.insert(.details)
      if pane == .streams { places.insert(.streams) }
      if pane == .backends { places.insert(.backends) }
      return places
    }
    places.insert(.lists)
    if model.screen == .overview { places.insert(.graphs) }
    if model.focusedPane == .streams { places.insert(.streams) }
    if model.focusedPane == .backends { places.insert(.backends) }
    return places
  }
}
