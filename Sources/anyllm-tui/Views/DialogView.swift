internal import ControlPlane

/// A question in the middle of the screen, while what is behind it goes on, dimmed.
enum DialogView {
  static func draw(_ dialog: Dialog, _ model: DashboardModel, on canvas: inout Canvas) {
    let text = content(dialog, model)
    let longest = text.lines.reduce(text.title.count + 6) {
      max($0, DisplayText.width(of: $1, glyphs: model.glyphs))
    }
    let width = min(model.size.width, longest + 4)
    let height = min(model.size.height, text.lines.count + 2)
    let rect = Rect(
      x: (model.size.width - width) / 2, y: (model.size.height - height) / 2, width: width,
      height: height)
    canvas.restyle(
      Rect(x: 0, y: 1, width: model.size.width, height: model.size.height - 1)
    ) { $0 = .dim }
    canvas.fill(rect)
    canvas.box(rect, title: text.title, isFocused: true, role: .danger)
    for (offset, line) in text.lines.prefix(max(0, height - 2)).enumerated() {
      canvas.put(line, rect.x + 2, rect.y + 1 + offset, width: width - 4, role: .text)
    }
  }

  /// The question in a few words, for the last row and for a terminal of one line.
  static func shortText(_ dialog: Dialog) -> String {
    switch dialog.question {
    case .kill(let stream): "kill \(ShortIDs.short(stream.id))?  y kill  n cancel"
    case .duty(let question):
      "\(question.duty.verb) \(question.backend)?  y \(question.duty.verb)  n cancel"
    case .quit: "quit?  d drain  n now  h headless  Esc stay"
    case .suspend: "suspend?  s suspend  h headless  Esc stay"
    }
  }

  private static func content(
    _ dialog: Dialog, _ model: DashboardModel
  ) -> (title: String, lines: [String]) {
    let isNarrow = model.size.width < 64
    switch dialog.question {
    case .kill(let asked): return killContent(asked, model, isNarrow: isNarrow)
    case .duty(let question): return DutyDialog.content(question, model, isNarrow: isNarrow)
    case .quit: return quitContent(model, isNarrow: isNarrow)
    case .suspend: return suspendContent(model, isNarrow: isNarrow)
    }
  }

  private static func killContent(
    _ asked: StreamStatus, _ model: DashboardModel, isNarrow: Bool
  ) -> (String, [String]) {
    let stream = model.snapshot?.streams.first { $0.id == asked.id } ?? asked
    let short = model.shortIDs[stream.id] ?? ShortIDs.short(stream.id)
    let who = stream.key.isEmpty ? stream.client : stream.key
    let time = NumberFormat.elapsed(milliseconds: stream.elapsedMs)
    let name = stream.modelRequested.prefix(30)
    guard !isNarrow else {
      return (
        "Kill stream",
        [
          "Kill stream \(short)?", "\(who), \(time)", String(name),
          "The client gets an error.", "y kill    n / Esc cancel",
        ]
      )
    }
    return (
      "Kill stream",
      [
        "Kill stream \(short) (\(who), \(name), \(time))?",
        "",
        "  The client gets an error event; the upstream call is",
        "  cancelled. \(stream.outputText) tokens were sent so far.",
        "",
        "            y kill     n / Esc cancel",
      ]
    )
  }

  private static func streamsText(_ model: DashboardModel) -> String {
    model.liveStreams == 1 ? "1 stream is" : "\(model.liveStreams) streams are"
  }

  private static func quitContent(
    _ model: DashboardModel, isNarrow: Bool
  ) -> (String, [String]) {
    let clients = model.liveStreams == 1 ? "1 client gets" : "\(model.liveStreams) clients get"
    guard !isNarrow else {
      return (
        "Quit",
        [
          streamsText(model) + " in flight.", "d  drain, then quit", "n  quit now",
          "h  headless", "Esc  stay",
        ]
      )
    }
    return (
      "Quit",
      [
        streamsText(model) + " in flight. Quit the gateway?",
        "",
        "  d  drain, then quit   stop accepting, wait for them",
        "  n  quit now           \(clients) an error",
        "  h  headless           leave the screen, keep serving",
        "  Esc                   stay",
      ]
    )
  }

  private static func suspendContent(
    _ model: DashboardModel, isNarrow: Bool
  ) -> (String, [String]) {
    guard !isNarrow else {
      return (
        "Suspend",
        [
          streamsText(model) + " in flight.", "s  suspend the gateway", "h  headless",
          "Esc  stay",
        ]
      )
    }
    return (
      "Suspend",
      [
        streamsText(model) + " in flight; suspending stops the whole gateway.",
        "",
        "  s  suspend            clients wait until it goes on",
        "  h  headless           leave the screen, keep serving",
        "  Esc                   stay",
      ]
    )
  }
}
