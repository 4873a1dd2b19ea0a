/// One parsed JSON text; its values are views on it.
package final class JSONDocument: Sendable {
  package let bytes: ArraySlice<UInt8>
  let tape: JSONTape

  package init(_ bytes: ArraySlice<UInt8>) throws(MalformedJSON) {
    var tape = JSONTape()
    try tape.parse(bytes)
    self.bytes = bytes
    self.tape = tape
  }

  package convenience init(_ bytes: [UInt8]) throws(MalformedJSON) {
    try self.init(bytes[...])
  }

  package convenience init(_ text: String) throws(MalformedJSON) {
    try self.init(Array(text.utf8))
  }

  package var root: JSONValue { JSONValue(document: self, index: 0) }

  /// A member's name in its plainest spelling.
  func name(at index: Int) -> JSONText {
    let key = tape.nodes[index]
    let name = JSONText(escaped: bytes[Int(key.start)..<Int(key.end)])
    return key.isEscaped ? JSONText(name.string) : name
  }
}

/// One value of a document.
package struct JSONValue: Sendable {
  let document: JSONDocument
  let index: Int

  private var node: JSONTape.Node { document.tape.nodes[index] }

  package var kind: JSONKind { node.kind }
  package var isNull: Bool { kind == .null }

  /// The value as it stands, a string with its quotes.
  package var raw: JSONRaw { JSONRaw(document.bytes[range]) }

  /// Where the value stands in the document's bytes, a string with its quotes.
  package var range: Range<Int> {
    let node = node
    let quote = node.kind == .string ? 1 : 0
    return (Int(node.start) - quote)..<(Int(node.end) + quote)
  }

  /// The inside of a string; nil for any other kind.
  package var text: JSONText? {
    guard node.kind == .string else { return nil }
    return JSONText(escaped: document.bytes[Int(node.start)..<Int(node.end)])
  }

  package var string: String? { text?.string }

  package var bool: Bool? {
    switch kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// A whole number; nil when it has a fraction or does not fit.
  package var integer: Int? {
    guard kind == .number else { return nil }
    let digits = String(decoding: raw.bytes, as: UTF8.self)
    if let whole = Int(digits) { return whole }
    guard let float = Double(digits), float.rounded() == float, abs(float) < 9e15 else {
      return nil
    }
    return Int(float)
  }

  package var double: Double? {
    guard kind == .number else { return nil }
    return Double(String(decoding: raw.bytes, as: UTF8.self))
  }

  /// A member of an object; null counts as absent.
  package subscript(_ name: StaticString) -> JSONValue? {
    guard let value = member(name), !value.isNull else { return nil }
    return value
  }

  /// A member of an object, also when it is null.
  package func member(_ name: StaticString) -> JSONValue? {
    guard let found = document.tape.member(name, of: index, in: document.bytes) else {
      return nil
    }
    return JSONValue(document: document, index: found)
  }

  /// The members of an object that have none of these names.
  func members(
    besides known: [StaticString], _ more: [StaticString] = []
  ) -> [(name: JSONText, value: JSONValue)] {
    document.tape.members(besides: known, more, of: index, in: document.bytes).map { at in
      (document.name(at: at), JSONValue(document: document, index: at + 1))
    }
  }

  /// The elements of an array; none for any other kind.
  package var elements: JSONElements { JSONElements(self) }

  /// The members of an object in their order; none for any other kind.
  package var members: JSONMembers { JSONMembers(self) }
}

/// Walks an array.
package struct JSONElements: Sequence, IteratorProtocol, Sendable {
  private let document: JSONDocument
  private var at: Int
  private let end: Int

  init(_ value: JSONValue) {
    document = value.document
    at = value.index + 1
    end = value.kind == .array ? Int(document.tape.nodes[value.index].next) : at
  }

  package mutating func next() -> JSONValue? {
    guard at < end else { return nil }
    defer { at = Int(document.tape.nodes[at].next) }
    return JSONValue(document: document, index: at)
  }
}

/// Walks an object; a name with escapes is given in its plainest spelling.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
  private let document: JSONDocument
  private var at: Int
  private let end: Int

  init(_ value: JSONValue) {
    document = value.document
    at = value.index + 1
    end = value.kind == .object ? Int(document.tape.nodes[value.index].next) : at
  }

  package var isEmpty: Bool { at >= end }

  package mutating func next() -> (name: JSONText, value: JSONValue)? {
    guard at < end else { return nil }
    let name = document.name(at: at)
    defer { at = Int(document.tape.nodes[at + 1].next) }
    return (name, JSONValue(document: document, index: at + 1))
  }
}

extension JSONTape {
  /// The index of the named member's value.
  ///
  /// An escaped name is compared after unescaping, so that
  /// `"mo\u0064el"` cannot hide from us what a vendor would read.
  func member(_ name: StaticString, of object: Int, in bytes: ArraySlice<UInt8>) -> Int? {
    let own = nodes[object]
    guard own.kind == .object else { return nil }
    let span = bytes.span
    var at = object &+ 1
    while at < Int(own.next) {
      if isName(nodes[at], name, in: span, from: bytes.startIndex) { return at &+ 1 }
      at = Int(nodes[at &+ 1].next)
    }
    return nil
  }

  /// The indices of the keys that are none of these names.
  func members(
    besides known: [StaticString], _ more: [StaticString] = [], of object: Int,
    in bytes: ArraySlice<UInt8>
  ) -> [Int] {
    let own = nodes[object]
    guard own.kind == .object else { return [] }
    let span = bytes.span
    var others: [Int] = []
    var at = object &+ 1
    while at < Int(own.next) {
      if !isAny(of: known, nodes[at], in: span, from: bytes.startIndex),
        !isAny(of: more, nodes[at], in: span, from: bytes.startIndex)
      {
        others.append(at)
      }
      at = Int(nodes[at &+ 1].next)
    }
    return others
  }

  @inline(__always)
  private func isAny(
    of names: [StaticString], _ key: Node, in bytes: borrowing Span<UInt8>, from base: Int
  ) -> Bool {
    for name in names where isName(key, name, in: bytes, from: base) { return true }
    return false
  }

  @inline(__always)
  private func isName(
    _ key: Node, _ name: StaticString, in bytes: borrowing Span<UInt8>, from base: Int
  ) -> Bool {
    // Most names differ in length already.
    guard Int(key.end &- key.start) == name.utf8CodeUnitCount || key.isEscaped else { return false }
    let window = bytes.extracting((Int(key.start) &- base)..<(Int(key.end) &- base))
    return key.isEscaped ? isEscapedName(window, name) : window.equals(name)
  }

  private func isEscapedName(_ bytes: borrowing Span<UInt8>, _ name: StaticString) -> Bool {
    var copy: [UInt8] = []
    for index in bytes.indices { copy.append(bytes[index]) }
    return JSONEscape.resolve(copy[...]).span.equals(name)
  }
}
