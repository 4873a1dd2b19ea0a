/// Text that must not be seen: every description of it is a row of dots.
package struct Secret: Sendable, Equatable, Hashable {
  private let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// The text itself, for the one place that sends or compares it.
  package func reveal() -> String { text }

  /// Enough of the text to recognise it: four characters at each end, or dots when it is short.
  package var masked: String {
    guard text.count >= 16 else { return Self.dots }
    return "\(text.prefix(4))…\(text.suffix(4))"
  }

  private static let dots = "••••"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { Self.dots }
  package var debugDescription: String { Self.dots }
  /// No children, so that `dump` and mirrors see nothing either.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
