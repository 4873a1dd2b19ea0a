/// What a translation could not carry, each once, in the order it was met.
package struct Losses: Sendable, Equatable {
  package private(set) var tags: [String] = []

  package init() {}

  package var isEmpty: Bool { tags.isEmpty }

  /// Records a loss; a tag is a lower-case word with underscores that the operator can look up.
  package mutating func record(_ tag: String) {
    guard !tags.contains(tag) else { return }
    tags.append(tag)
  }

  package mutating func record(contentsOf other: Losses) {
    for tag in other.tags { record(tag) }
  }
}
