/// One thing that is wrong with the configuration, where it stands and what to do.
package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
  /// A path, or `environment`, or `command line`.
  package var file: String
  package var line: Int?
  package var column: Int?
  package var what: String
  package var remedy: String?

  package init(
    file: String, line: Int? = nil, column: Int? = nil, what: String, remedy: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.what = what
    self.remedy = remedy
  }

  package var description: String {
    let place = ConfigurationPlace(file: file, line: line, column: column)
    return "\(place): \(what)" + (remedy.map { "; \($0)" } ?? "")
  }
}

/// Where a value was said.
package struct ConfigurationPlace: Sendable, Equatable, CustomStringConvertible {
  var file: String
  var line: Int?
  var column: Int?

  static let environment = ConfigurationPlace(file: "environment")
  static let commandLine = ConfigurationPlace(file: "command line")

  package var description: String {
    [file, line.map(String.init), column.map(String.init)].compactMap { $0 }
      .joined(separator: ":")
  }
}

/// All that was found while the configuration was read.
struct ConfigurationFindings {
  private(set) var problems: [ConfigurationProblem] = []
  private(set) var notices: [String] = []

  mutating func refuse(_ what: String, at place: ConfigurationPlace, remedy: String? = nil) {
    let problem = ConfigurationProblem(
      file: place.file, line: place.line, column: place.column, what: what, remedy: remedy)
    if !problems.contains(problem) { problems.append(problem) }
  }

  mutating func notice(_ sentence: String, at place: ConfigurationPlace? = nil) {
    let whole = place.map { "\($0): \(sentence)" } ?? sentence
    if !notices.contains(whole) { notices.append(whole) }
  }

  mutating func absorb(_ other: ConfigurationFindings) {
    for problem in other.problems where !problems.contains(problem) { problems.append(problem) }
    for sentence in other.notices { notice(sentence) }
  }

  mutating func absorb(_ other: [YAMLProblem], file: String) {
    for problem in other {
      refuse(
        problem.text,
        at: ConfigurationPlace(
          file: file, line: problem.mark.line, column: problem.mark.column),
        remedy: problem.remedy)
    }
  }
}
