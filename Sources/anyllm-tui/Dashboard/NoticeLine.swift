internal import ControlPlane

/// One row of the notices: a sentence, or the part of a long one that fits.
struct NoticeLine: Equatable {
  let notice: Int
  let part: Int
  let text: String

  static func lines(of model: DashboardModel) -> [NoticeLine] {
    let width = (Layout(model).rect(of: .notices)?.width ?? model.size.width) - 4
    return (model.snapshot?.notices ?? []).enumerated().flatMap { index, text in
      parts(of: text, width: max(8, width)).enumerated().map {
        NoticeLine(notice: index, part: $0, text: $1)
      }
    }
  }

  /// Breaks at blanks; lines after the first are indented.
  private static func parts(of text: String, width: Int) -> [String] {
    guard text.utf8.count > width else { return [text] }
    var parts: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.utf8.count + 1 + word.utf8.count > width, parts.count < 6 {
        parts.append(line)
        line = "  " + word
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return parts + [line]
  }
}
