/// A deployment that was asked in vain, or passed over, before the one that answered.
package struct AttemptSummary: Codable, Sendable, Equatable {
  package var backend: String
  package var model: String
  /// What the client would have seen; 0 when it was not asked.
  package var status: Int
  package var milliseconds: Int
  package var reason: String

  package init(backend: String, model: String, status: Int, milliseconds: Int, reason: String) {
    self.backend = backend
    self.model = model
    self.status = status
    self.milliseconds = milliseconds
    self.reason = reason
  }
}

extension AttemptSummary {
  /// What a record keeps: a line each, as many as it has room for.
  package static func lines(of attempts: [AttemptSummary]) -> String {
    var text = ""
    for attempt in attempts {
      let fields = [
        attempt.backend, attempt.model, "\(attempt.status)", "\(attempt.milliseconds)",
        String(attempt.reason.prefix(160)),
      ]
      let line = fields.map(Self.flat).joined(separator: "\t")
      guard text.utf8.count + line.utf8.count < 2000 else { break }
      text += text.isEmpty ? line : "\n" + line
    }
    return text
  }

  /// Reads what `lines` wrote; what is something else is left out.
  package static func list(in text: String) -> [AttemptSummary] {
    text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 5, let status = Int(fields[2]), let time = Int(fields[3]) else {
        return nil
      }
      return AttemptSummary(
        backend: String(fields[0]), model: String(fields[1]), status: status, milliseconds: time,
        reason: String(fields[4]))
    }
  }

  private static func flat(_ text: String) -> String {
    String(text.map { $0 == "\n" || $0 == "\r\n" || $0 == "\t" ? " " : $0 })
  }
}
