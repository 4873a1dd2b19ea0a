/// Another proxy's configuration in our words, and what became of each of its lines.
package struct ImportReport: Sendable {
  /// Our configuration; empty when nothing could be taken.
  package var yaml: String
  package var lines: [ImportLine]
  /// Whose file it was.
  package var origin: String

  /// Whether there is anything to write down.
  package var tookAnything: Bool { !yaml.isEmpty }

  /// How many lines had that outcome.
  package func count(of outcome: ImportLine.Outcome) -> Int {
    lines.count { $0.outcome == outcome }
  }

  /// One sentence that sums it up.
  package var summary: String {
    "\(origin): \(count(of: .taken)) taken, \(count(of: .changed)) changed, "
      + "\(count(of: .lost)) could not be taken"
  }
}

/// What became of one line of another proxy's file.
package struct ImportLine: Sendable, Equatable, CustomStringConvertible {
  /// How a line came over.
  package enum Outcome: String, Sendable {
    case taken
    case changed
    case lost = "could not"
  }

  package var outcome: Outcome
  package var file: String
  package var line: Int
  package var what: String
  package var remedy: String?

  package var description: String {
    "\(file):\(line): \(outcome.rawValue): \(what)" + (remedy.map { "; \($0)" } ?? "")
  }
}

/// The lines of a report while it is being made.
struct ImportNotes {
  let file: String
  private(set) var lines: [ImportLine] = []

  init(file: String) {
    self.file = file
  }

  mutating func taken(_ what: String, at mark: YAMLMark) {
    add(.taken, what, at: mark, remedy: nil)
  }

  mutating func changed(_ what: String, at mark: YAMLMark, remedy: String? = nil) {
    add(.changed, what, at: mark, remedy: remedy)
  }

  mutating func lost(_ what: String, at mark: YAMLMark, remedy: String? = nil) {
    add(.lost, what, at: mark, remedy: remedy)
  }

  /// Says of each member that nobody asked for that it stays behind.
  mutating func leave(_ section: ImportSection, because reasons: [String: String] = [:]) {
    for member in section.rest {
      let path = section.path.isEmpty ? member.key : "\(section.path).\(member.key)"
      lost(path, at: member.keyMark, remedy: reasons[member.key] ?? "nothing here is like it")
    }
  }

  private mutating func add(
    _ outcome: ImportLine.Outcome, _ what: String, at mark: YAMLMark, remedy: String?
  ) {
    let line = ImportLine(
      outcome: outcome, file: file, line: mark.line, what: PlainWords.cleaned(what),
      remedy: remedy.map(PlainWords.cleaned))
    if !lines.contains(line) { lines.append(line) }
  }
}

/// Text of a stranger's file, made fit for one line of a terminal.
private enum PlainWords {
  static func cleaned(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
  }
}
