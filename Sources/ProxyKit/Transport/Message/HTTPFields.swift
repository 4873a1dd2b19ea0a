/// The header fields of a message, in the order they came; names compare without case.
///
/// They stay the bytes they were read as, in one piece, and become text only when asked for:
/// most fields are looked at by nobody, and are written again as they came.
package struct HTTPFields: Sendable {
  /// One line of a header.
  package typealias Field = (name: String, value: String)

  /// Where a field lies in `bytes`.
  struct Span {
    var name: UInt32
    var nameCount: UInt32
    var value: UInt32
    var valueCount: UInt32
  }

  private var bytes: [UInt8] = []
  private var spans: [Span] = []

  package init() {}

  package init(_ pairs: [(String, String)]) {
    spans.reserveCapacity(pairs.count)
    bytes.reserveCapacity(pairs.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count })
    for (name, value) in pairs { append(name, value) }
  }

  /// The fields of a head that was read; `bytes` is the whole head, and the spans lie in it.
  init(head bytes: [UInt8], spans: [Span]) {
    self.bytes = bytes
    self.spans = spans
  }

  package var count: Int { spans.count }
  package var isEmpty: Bool { spans.isEmpty }

  /// The value of the first field with this name.
  package func first(_ name: String) -> String? {
    index(of: name, from: 0).map { value(at: $0) }
  }

  /// The values of all fields with this name, in order.
  package func all(_ name: String) -> [String] {
    var values: [String] = []
    var at = 0
    while let found = index(of: name, from: at) {
      values.append(value(at: found))
      at = found + 1
    }
    return values
  }

  /// Whether a field with this name is there.
  package func contains(_ name: String) -> Bool {
    index(of: name, from: 0) != nil
  }

  /// Adds a field at the end, whatever is there already; one whose name is no name is left out.
  package mutating func append(_ name: String, _ value: String) {
    var name = name
    guard name.withUTF8({ UnsafeRawBufferPointer($0).isToken }) else { return }
    spans.append(add(name, value))
  }

  /// Adds all fields of another message at the end.
  package mutating func append(contentsOf other: HTTPFields) {
    guard !other.isEmpty else { return }
    let start = UInt32(bytes.count)
    bytes.append(contentsOf: other.bytes)
    for span in other.spans {
      spans.append(
        Span(
          name: start + span.name, nameCount: span.nameCount, value: start + span.value,
          valueCount: span.valueCount))
    }
  }

  /// Adds the fields of another message whose names begin so, their names in lower case.
  package mutating func append(_ other: HTTPFields, beginningWith prefixes: StaticString...) {
    unsafe other.forEachBytes { name, value in
      for prefix in prefixes where unsafe name.begins(with: prefix) {
        let start = bytes.count
        unsafe bytes.append(contentsOf: name)
        for at in start..<bytes.count { bytes[at] = bytes[at].asciiLowercased }
        let middle = bytes.count
        unsafe bytes.append(contentsOf: value)
        spans.append(span(start, middle))
        return
      }
    }
  }

  /// Goes through the fields whose names begin with one of these letters, which are in lower
  /// case; the others are not made into text.
  package func forEach(
    initials: StaticString, _ body: (_ name: String, _ value: String) -> Void
  ) {
    for at in spans.indices {
      let initial = bytes[Int(spans[at].name)].asciiLowercased
      let isWanted = initials.withUTF8Buffer { unsafe $0.contains(initial) }
      if isWanted { body(name(at: at), value(at: at)) }
    }
  }

  /// Removes every field with this name.
  package mutating func remove(_ name: String) {
    while let found = index(of: name, from: 0) { spans.remove(at: found) }
  }

  /// Makes this the only field with its name, at the place of the first one.
  package mutating func set(_ name: String, _ value: String) {
    guard let found = index(of: name, from: 0) else {
      append(name, value)
      return
    }
    while let later = index(of: name, from: found + 1) { spans.remove(at: later) }
    // The name keeps the case it had.
    spans[found] = add(self.name(at: found), value)
  }

  /// How many bytes the fields take on the wire, at most.
  var wireCount: Int {
    spans.reduce(0) { $0 + Int($1.nameCount) + Int($1.valueCount) + 4 }
  }

  /// Shows each field as bytes.
  func forEachBytes(
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
  ) {
    unsafe bytes.withUnsafeBytes { bytes in
      for span in spans {
        let name = Int(span.name)..<Int(span.name + span.nameCount)
        let value = Int(span.value)..<Int(span.value + span.valueCount)
        unsafe body(
          UnsafeRawBufferPointer(rebasing: bytes[name]),
          UnsafeRawBufferPointer(rebasing: bytes[value]))
      }
    }
  }

  private mutating func add(_ name: String, _ value: String) -> Span {
    var name = name
    var value = value
    let start = bytes.count
    name.withUTF8 { unsafe bytes.append(contentsOf: $0) }
    let middle = bytes.count
    value.withUTF8 { unsafe bytes.append(contentsOf: $0) }
    return span(start, middle)
  }

  /// A name and its value that are the last bytes.
  private func span(_ start: Int, _ middle: Int) -> Span {
    Span(
      name: UInt32(start), nameCount: UInt32(middle - start), value: UInt32(middle),
      valueCount: UInt32(bytes.count - middle))
  }

  private func name(at index: Int) -> String {
    text(spans[index].name, spans[index].nameCount)
  }

  private func value(at index: Int) -> String {
    text(spans[index].value, spans[index].valueCount)
  }

  private func text(_ start: UInt32, _ count: UInt32) -> String {
    String(decoding: bytes[Int(start)..<Int(start + count)], as: UTF8.self)
  }

  private func index(of name: String, from start: Int) -> Int? {
    var name = name
    return name.withUTF8 { wanted in
      unsafe bytes.withUnsafeBytes { bytes in
        var at = start
        while at < spans.count {
          let span = spans[at]
          if Int(span.nameCount) == wanted.count {
            let name = Int(span.name)..<Int(span.name + span.nameCount)
            let found = unsafe UnsafeRawBufferPointer(rebasing: bytes[name])
            if unsafe found.equalsIgnoringCase(UnsafeRawBufferPointer(wanted)) { return at }
          }
          at += 1
        }
        return nil
      }
    }
  }
}

extension HTTPFields: Equatable {
  package static func == (left: HTTPFields, right: HTTPFields) -> Bool {
    left.elementsEqual(right) { $0.name == $1.name && $0.value == $1.value }
  }
}

extension HTTPFields: Sequence {
  /// Goes through the fields in order.
  package struct Iterator: IteratorProtocol {
    fileprivate let fields: HTTPFields
    fileprivate var at = 0

    package mutating func next() -> Field? {
      guard at < fields.spans.count else { return nil }
      defer { at += 1 }
      return (fields.name(at: at), fields.value(at: at))
    }
  }

  package func makeIterator() -> Iterator {
    Iterator(fields: self)
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
    guard utf8.count == other.utf8.count else { return false }
    var mine = self
    var theirs = other
    return mine.withUTF8 { mine in
      theirs.withUTF8 { theirs in
        unsafe UnsafeRawBufferPointer(mine).equalsIgnoringCase(UnsafeRawBufferPointer(theirs))
      }
    }
  }
}
