import ControlPlane

/// Dresses a report in the wanted format and puts it on the streams.
struct ReportPrinter {
  var options: Options
  var console: Console

  func print(_ report: Report) {
    if !options.isQuiet {
      for note in report.notes { console.error(PlainText.cleaned(lines: note)) }
    }
    console.out(lines(report))
  }

  /// What goes to standard output, line by line.
  func lines(_ report: Report) -> [String] {
    switch options.format {
    case .json: return [Self.json(report.payload)]
    case .jsonl: return Self.objects(report.payload).map(Self.text)
    case .name: return report.names.map { PlainText.cleaned($0) }
    case .tsv where !options.isQuiet: return separated(report.face)
    case .table where !options.isQuiet: return readable(report.face)
    case .tsv, .table: return report.essential.map { [PlainText.cleaned(lines: $0)] } ?? []
    }
  }

  /// The lines that people read.
  private func readable(_ face: Report.Face) -> [String] {
    switch face {
    case .table(let table):
      guard !table.rows.isEmpty else { return [] }
      return table.lines(
        width: console.isOutTerminal ? console.columns : nil, hasHeader: options.hasHeader,
        isColoured: options.isColoured)
    case .details(let details):
      let widest = details.reduce(0) { max($0, PlainText.width(of: $1.label)) }
      return details.map { label, cell in
        let padding = String(repeating: " ", count: widest - PlainText.width(of: label))
        let text = options.isColoured ? Table.painted(cell.text, cell.tone) : cell.text
        return "\(label)\(padding)  \(text)"
      }
    case .lines(let lines): return lines.map { PlainText.cleaned($0) }
    }
  }

  private func separated(_ face: Report.Face) -> [String] {
    switch face {
    case .table(let table):
      return table.rows.isEmpty ? [] : table.separatedLines(hasHeader: options.hasHeader)
    case .details(let details):
      return details.map { "\($0.label.lowercased())\t\(Table.escaped($0.cell.value))" }
    case .lines(let lines): return lines.map { Table.escaped($0) }
    }
  }

  static func json(_ payload: Report.Payload) -> String {
    switch payload {
    case .one(let object): return text(object)
    case .list(let objects):
      return "[\(objects.map(text).joined(separator: ","))]"
    }
  }

  /// One object as text that a terminal can take.
  static func text(_ object: [UInt8]) -> String {
    String(decoding: PlainText.cleaned(json: object), as: UTF8.self)
  }

  static func objects(_ payload: Report.Payload) -> [[UInt8]] {
    switch payload {
    case .one(let object): [object]
    case .list(let objects): objects
    }
  }
}

extension PlainText {
  /// Cleaned line by line, so that our own line ends stay.
  static func cleaned(lines text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { cleaned(String($0)) }.joined(separator: "\n")
  }
}
