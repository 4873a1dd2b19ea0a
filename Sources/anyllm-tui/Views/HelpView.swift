/// Every key, from the registry, by where it works.
enum HelpView {
  private enum Line {
    case heading(String)
    case binding(String, String)
    case blank
  }

  static func draw(
    _ model: DashboardModel, in rect: Rect, isBoxed: Bool, on canvas: inout Canvas
  ) {
    let frame = PaneFrame(rect: rect, isBoxed: isBoxed, isFocused: true)
    let inner = frame.draw(
      title: "Help", trailing: "Esc closes  Up Down scroll", on: &canvas)
    let shown = lines(model.glyphs).dropFirst(model.help?.offset ?? 0).prefix(max(0, inner.height))
    for (y, line) in zip(inner.y..., shown) {
      switch line {
      case .blank: continue
      case .heading(let text): canvas.put(text, inner.x + 1, y, width: inner.width, role: .header)
      case .binding(let keys, let text):
        canvas.put(keys, inner.x + 3, y, width: 18, role: .key)
        canvas.put(text, inner.x + 22, y, width: inner.width - 23, role: .text)
      }
    }
  }

  /// The last line that can be first, so that the end of the help stays at the end of the pane.
  static func lastOffset(_ model: DashboardModel) -> Int {
    let layout = Layout(model)
    let room = layout.body.height - (layout.isBoxed ? 2 : 1)
    return max(0, lines(model.glyphs).count - room)
  }

  private static func lines(_ glyphs: Glyphs) -> [Line] {
    var lines: [Line] = []
    for place in Place.allCases {
      if !lines.isEmpty { lines.append(.blank) }
      lines.append(.heading(place.rawValue))
      for binding in KeyRegistry.all where binding.place == place {
        let keys =
          binding.action == .showScreen
          ? "1 to \(ScreenName.allCases.count)"
          : binding.keys.map { $0.label(glyphs) }.joined(separator: "  ")
        let command = binding.command.isEmpty ? "" : "  \(binding.command)"
        lines.append(.binding(keys, binding.help + command))
      }
    }
    lines += [
      .blank, .heading("States of a stream"),
      .binding("RECV CONN WAIT", "reading the request, connecting, awaiting a first token"),
      .binding("STREAM STALL", "tokens are flowing; no bytes for a while"),
      .binding("RETRY", "an attempt failed before its first byte; the next is made"),
      .binding("DONE ERROR CANCEL", "over; shown three seconds longer"),
      .binding("~812", "counted from the text until the backend reports it"),
    ]
    return lines
  }
}
