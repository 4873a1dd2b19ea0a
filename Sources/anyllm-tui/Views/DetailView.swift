internal import ControlPlane

/// One line of a detail.
enum DetailLine {
  case fact(String, String, Role)
  /// A part of the time that has passed: label, beginning and end as shares, text.
  case span(String, Double, Double, String)
  case trail(String, [Double])
  case blank
}

/// Shows one row closely: the whole body after Enter, or a panel beside its list.
enum DetailView {
  static func compactHeight(isBoxed: Bool) -> Int { isBoxed ? 12 : 10 }

  static func draw(
    _ model: DashboardModel, pane: Pane, id: String?, in rect: Rect, isBoxed: Bool,
    isWhole: Bool, on canvas: inout Canvas
  ) {
    let frame = PaneFrame(rect: rect, isBoxed: isBoxed, isFocused: isWhole)
    let found = id.flatMap { DetailLines.make(for: pane, id: $0, model) }
    let title = found?.title ?? "Nothing selected"
    let inner = frame.draw(
      title: title, trailing: isWhole ? "Esc back  [ ] previous/next" : "", on: &canvas)
    guard let found else {
      if isWhole {
        canvas.put(
          "this row is gone", inner.x + 1, inner.y, width: inner.width - 2, role: .dim)
      }
      return
    }
    for (offset, line) in found.lines.prefix(max(0, inner.height)).enumerated() {
      draw(
        line, in: Rect(x: inner.x + 1, y: inner.y + offset, width: inner.width - 2, height: 1),
        on: &canvas)
    }
  }

  private static func draw(_ line: DetailLine, in rect: Rect, on canvas: inout Canvas) {
    let labelWidth = 13
    let room = rect.width - labelWidth
    switch line {
    case .blank: break
    case .fact(let label, let value, let role):
      canvas.put(label, rect.x, rect.y, width: labelWidth - 1, role: .dim)
      canvas.put(value, rect.x + labelWidth, rect.y, width: room, role: role)
    case .trail(let label, let values):
      canvas.put(label, rect.x, rect.y, width: labelWidth - 1, role: .dim)
      let width = min(room, values.count)
      canvas.sparkline(values.map(Optional.some), rect.x + labelWidth, rect.y, width: width)
    case .span(let label, let from, let to, let text):
      canvas.put(label, rect.x, rect.y, width: labelWidth - 1, role: .dim)
      let width = min(60, room - 9)
      guard width > 4 else {
        canvas.put(text, rect.x + labelWidth, rect.y, width: room, role: .text)
        return
      }
      canvas.put(text, rect.x + labelWidth, rect.y, width: 8, role: .text)
      let start = Int(from * Double(width))
      let end = max(start + 1, Int((to * Double(width)).rounded()))
      canvas.line(
        canvas.glyphs.bars[7], rect.x + labelWidth + 9 + start, rect.y,
        count: min(width, end) - start, role: .graph)
    }
  }
}
