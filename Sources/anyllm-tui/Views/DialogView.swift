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

  /// The question in a few words, for a terminal of one line.
  static func shortText(_ dialog: Dialog) -> String {
    switch dialog.question {
    case .kill(let stream): "kill \(ShortIDs.short(stream.id))? y/n"
    case .quit: "quit? d drain n now h headless"
    case .suspend: "suspend? s/h"
    }
  }

  private static func content(
    _ dialog: Dialog, _ model: DashboardModel
  ) -> (title: String, lines: [String]) {
    let count = model.liveStreams
    let streams = count == 1 ? "1 stream is" : "\(count) streams are"
    switch dialog.question {
    case .kill(let asked):
      let stream = model.snapshot?.streams.first { $0.id == asked.id } ?? asked
      let short = model.shortIDs[stream.id] ?? ShortIDs.short(stream.id)
      let who = stream.key.isEmpty ? stream.client : stream.key
      return (
        "Kill stream",
        [
          "Kill stream \(short) (\(who), \(stream.modelRequested.prefix(30)), "
            + "\(NumberFormat.elapsed(milliseconds: stream.elapsedMs)))?",
          "",
          "  The client gets an error event; the upstream call is",
          "  cancelled. \(stream.outputText) tokens were sent so far.",
          "",
          "            y kill     n / Esc cancel",
        ]
      )
    case .quit:
      return (
        "Quit",
        [
          "\(streams) in flight. Quit the gateway?",
          "",
          "  d  drain, then quit   stop accepting, wait for them",
          "  n  quit now           \(count) client\(count == 1 ? " gets" : "s get") an error",
          "  h  headless           leave the screen, keep serving",
          "  Esc                   stay",
        ]
      )
    case .suspend:
      return (
        "Suspend",
        [
          "\(streams) in flight; suspending stops the whole gateway.",
          "",
          "  s  suspend            clients wait until it goes on",
          "  h  headless           leave the screen, keep serving",
          "  Esc                   stay",
        ]
      )
    }
  }
}
