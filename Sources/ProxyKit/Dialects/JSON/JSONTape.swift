/// Where a JSON text stopped being one.
package struct MalformedJSON: Error, Sendable, Equatable {
  package var offset: Int
  package var reason: String
}

package enum JSONKind: UInt8, Sendable {
  case object, array, string, number, `true`, `false`, null
}

/// The structure of one JSON text as a flat list of nodes; the text itself stays where it is.
///
/// A node is a value or a member's key. The children of a container follow it; `next` is the
/// index of the node after its subtree, so that a value is skipped in one step. A tape is reused
/// from chunk to chunk of a stream and then allocates nothing.
struct JSONTape: Sendable {
  struct Node: Sendable {
    var start: UInt32
    var end: UInt32
    var next: UInt32
    var kind: JSONKind
    var isEscaped: Bool
  }

  static let maximumDepth = 512

  private(set) var nodes: [Node] = []

  /// Reads the value that fills `range`; offsets in the tape count from the start of `bytes`.
  mutating func parse(_ bytes: ArraySlice<UInt8>) throws(MalformedJSON) {
    nodes.removeAll(keepingCapacity: true)
    guard bytes.endIndex < UInt32.max else {
      throw MalformedJSON(offset: 0, reason: "the text is larger than 4 GiB")
    }
    let base = bytes.startIndex
    let span = bytes.span
    var at = Self.skipSpace(span, 0)
    try parseValue(span, base, &at, depth: 0)
    at = Self.skipSpace(span, at)
    guard at == span.count else {
      throw MalformedJSON(offset: at, reason: "there is more text after the value")
    }
  }

  private mutating func parseValue(
    _ bytes: borrowing Span<UInt8>, _ base: Int, _ at: inout Int, depth: Int
  ) throws(MalformedJSON) {
    guard at < bytes.count else {
      throw MalformedJSON(offset: at, reason: "the text ends where a value should be")
    }
    switch bytes[at] {
    case UInt8(ascii: "\""): try parseString(bytes, base, &at)
    case UInt8(ascii: "{"): try parseObject(bytes, base, &at, depth: depth + 1)
    case UInt8(ascii: "["): try parseArray(bytes, base, &at, depth: depth + 1)
    case UInt8(ascii: "t"): try parseWord(bytes, base, &at, "true", .true)
    case UInt8(ascii: "f"): try parseWord(bytes, base, &at, "false", .false)
    case UInt8(ascii: "n"): try parseWord(bytes, base, &at, "null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try parseNumber(bytes, base, &at)
    default:
      throw MalformedJSON(offset: at, reason: "unexpected character where a value should be")
    }
  }

  private mutating func parseObject(
    _ bytes: borrowing Span<UInt8>, _ base: Int, _ at: inout Int, depth: Int
  ) throws(MalformedJSON) {
    let own = try open(.object, base + at, depth)
    at = Self.skipSpace(bytes, at + 1)
    if at < bytes.count, bytes[at] == UInt8(ascii: "}") {
      at += 1
      close(own, base + at)
      return
    }
    while true {
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
        throw MalformedJSON(offset: at, reason: "a member's name in quotes is missing")
      }
      try parseString(bytes, base, &at)
      at = Self.skipSpace(bytes, at)
      guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else {
        throw MalformedJSON(offset: at, reason: "a colon is missing after a member's name")
      }
      at = Self.skipSpace(bytes, at + 1)
      try parseValue(bytes, base, &at, depth: depth)
      at = Self.skipSpace(bytes, at)
      guard at < bytes.count else {
        throw MalformedJSON(offset: at, reason: "the text ends inside an object")
      }
      if bytes[at] == UInt8(ascii: ",") {
        at = Self.skipSpace(bytes, at + 1)
        continue
      }
      guard bytes[at] == UInt8(ascii: "}") else {
        throw MalformedJSON(offset: at, reason: "a comma or a closing brace is missing")
      }
      at += 1
      close(own, base + at)
      return
    }
  }

  private mutating func parseArray(
    _ bytes: borrowing Span<UInt8>, _ base: Int, _ at: inout Int, depth: Int
  ) throws(MalformedJSON) {
    let own = try open(.array, base + at, depth)
    at = Self.skipSpace(bytes, at + 1)
    if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
      at += 1
      close(own, base + at)
      return
    }
    while true {
      try parseValue(bytes, base, &at, depth: depth)
      at = Self.skipSpace(bytes, at)
      guard at < bytes.count else {
        throw MalformedJSON(offset: at, reason: "the text ends inside an array")
      }
      if bytes[at] == UInt8(ascii: ",") {
        at = Self.skipSpace(bytes, at + 1)
        continue
      }
      guard bytes[at] == UInt8(ascii: "]") else {
        throw MalformedJSON(offset: at, reason: "a comma or a closing bracket is missing")
      }
      at += 1
      close(own, base + at)
      return
    }
  }

  private mutating func open(
    _ kind: JSONKind, _ start: Int, _ depth: Int
  ) throws(MalformedJSON) -> Int {
    guard depth <= Self.maximumDepth else {
      throw MalformedJSON(
        offset: start, reason: "values are nested deeper than \(Self.maximumDepth) levels")
    }
    nodes.append(
      Node(start: UInt32(start), end: 0, next: 0, kind: kind, isEscaped: false))
    return nodes.count - 1
  }

  private mutating func close(_ own: Int, _ end: Int) {
    nodes[own].end = UInt32(end)
    nodes[own].next = UInt32(nodes.count)
  }

  private mutating func leaf(_ kind: JSONKind, _ start: Int, _ end: Int, escaped: Bool = false) {
    nodes.append(
      Node(
        start: UInt32(start), end: UInt32(end), next: UInt32(nodes.count + 1), kind: kind,
        isEscaped: escaped))
  }

  private mutating func parseString(
    _ bytes: borrowing Span<UInt8>, _ base: Int, _ at: inout Int
  ) throws(MalformedJSON) {
    let start = at + 1
    var scan = JSONStringScan(at: start)
    try scan.run(bytes)
    leaf(.string, base + start, base + scan.at, escaped: scan.isEscaped)
    at = scan.at + 1
  }

  private mutating func parseWord(
    _ bytes: borrowing Span<UInt8>, _ base: Int, _ at: inout Int, _ word: StaticString,
    _ kind: JSONKind
  ) throws(MalformedJSON) {
    let count = word.utf8CodeUnitCount
    guard at + count <= bytes.count, bytes.extracting(at..<(at + count)).equals(word) else {
      throw MalformedJSON(offset: at, reason: "unexpected word; \(word) was expected")
    }
    leaf(kind, base + at, base + at + count)
    at += count
  }

  private mutating func parseNumber(
    _ bytes: borrowing Span<UInt8>, _ base: Int, _ at: inout Int
  ) throws(MalformedJSON) {
    let start = at
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let leading = at
    guard Self.skipDigits(bytes, &at) else {
      throw MalformedJSON(offset: start, reason: "a number has no digits")
    }
    if bytes[leading] == UInt8(ascii: "0"), at - leading > 1 {
      throw MalformedJSON(offset: start, reason: "a number begins with a superfluous zero")
    }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      guard Self.skipDigits(bytes, &at) else {
        throw MalformedJSON(offset: start, reason: "a number has no digits after its point")
      }
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
        at += 1
      }
      guard Self.skipDigits(bytes, &at) else {
        throw MalformedJSON(offset: start, reason: "a number has no digits in its exponent")
      }
    }
    leaf(.number, base + start, base + at)
  }

  private static func skipDigits(_ bytes: borrowing Span<UInt8>, _ at: inout Int) -> Bool {
    let start = at
    while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    return at > start
  }

  private static func skipSpace(_ bytes: borrowing Span<UInt8>, _ from: Int) -> Int {
    var at = from
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at += 1
      default: return at
      }
    }
    return at
  }
}
