/// The header fields of a message, in the order they came; names compare without case.
package struct HTTPFields: Sendable {
  /// One line of a header.
  package typealias Field = (name: String, value: String)

  private var fields: [Field]

  package init() {
    fields = []
  }

  package init(_ pairs: [(String, String)]) {
    fields = pairs.map { (name: $0.0, value: $0.1) }
  }

  package var count: Int { fields.count }
  package var isEmpty: Bool { fields.isEmpty }

  /// The value of the first field with this name.
  package func first(_ name: String) -> String? {
    for field in fields where field.name.equalsIgnoringCase(name) {
      return field.value
    }
    return nil
  }

  /// The values of all fields with this name, in order.
  package func all(_ name: String) -> [String] {
    fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
  }

  /// Whether a field with this name is there.
  package func contains(_ name: String) -> Bool {
    fields.contains { $0.name.equalsIgnoringCase(name) }
  }

  /// Adds a field at the end, whatever is there already.
  package mutating func append(_ name: String, _ value: String) {
    fields.append((name: name, value: value))
  }

  /// Removes every field with this name.
  package mutating func remove(_ name: String) {
    fields.removeAll { $0.name.equalsIgnoringCase(name) }
  }

  /// Makes this the only field with its name, at the place of the first one.
  package mutating func set(_ name: String, _ value: String) {
    guard let index = fields.firstIndex(where: { $0.name.equalsIgnoringCase(name) }) else {
      append(name, value)
      return
    }
    fields[index].value = value
    var later = index + 1
    while later < fields.count {
      if fields[later].name.equalsIgnoringCase(name) {
        fields.remove(at: later)
      } else {
        later += 1
      }
    }
  }

  mutating func reserve(_ count: Int) {
    fields.reserveCapacity(count)
  }
}

extension HTTPFields: Equatable {
  package static func == (left: HTTPFields, right: HTTPFields) -> Bool {
    left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
  }
}

extension HTTPFields: Sequence {
  package func makeIterator() -> IndexingIterator<[Field]> {
    fields.makeIterator()
  }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements)
  }
}

extension String {
  /// Whether both are the same but for the case of ASCII letters.
  package func equalsIgnoringCase(_ other: String) -> Bool {
    let mine = utf8
    let theirs = other.utf8
    guard mine.count == theirs.count else { return false }
    var left = mine.makeIterator()
    var right = theirs.makeIterator()
    while let a = left.next(), let b = right.next() {
      if a != b, a.asciiLowercased != b.asciiLowercased { return false }
    }
    return true
  }
}
