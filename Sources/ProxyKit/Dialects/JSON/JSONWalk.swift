/// One pass over a JSON text, writing its nodes.
///
///     value, then: `,` → next value · closing bracket → the container is a value · end
///
/// A loop and not a recursion: a container that is open keeps its parent's index in `next`, so that
/// depth costs neither stack nor memory.
struct JSONWalk {
  private typealias Node = JSONTape.Node

  private(set) var count = 0
  private let base: Int
  private var at = 0
  private var parent = -1
  private var isInObject = false
  private var depth = 0

  init(base: Int) {
    self.base = base
  }

  /// Answers false when the nodes are full before the text is read.
  mutating func run(
    _ bytes: borrowing Span<UInt8>, into nodes: inout MutableSpan<JSONTape.Node>
  ) throws(MalformedJSON) -> Bool {
    skipSpace(bytes)
    while true {
      // A value and the key of the next one.
      guard count &+ 2 <= nodes.count else { return false }
      if try readValue(bytes, &nodes), try readEnds(bytes, &nodes) { break }
    }
    guard at == bytes.count else {
      throw malformed("there is more text after the value")
    }
    return true
  }

  /// Reads a scalar, or the beginning of a container; true when a whole value was read.
  @inline(__always)
  private mutating func readValue(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout MutableSpan<Node>
  ) throws(MalformedJSON) -> Bool {
    guard at < bytes.count else { throw malformed("the text ends where a value should be") }
    switch bytes[at] {
    case UInt8(ascii: "\""): try readString(bytes, &nodes)
    case UInt8(ascii: "{"): return try open(.object, UInt8(ascii: "}"), bytes, &nodes)
    case UInt8(ascii: "["): return try open(.array, UInt8(ascii: "]"), bytes, &nodes)
    case UInt8(ascii: "t"): try readWord("true", .true, bytes, &nodes)
    case UInt8(ascii: "f"): try readWord("false", .false, bytes, &nodes)
    case UInt8(ascii: "n"): try readWord("null", .null, bytes, &nodes)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try readNumber(bytes, &nodes)
    default: throw malformed("unexpected character where a value should be")
    }
    return true
  }

  /// Reads what follows a value, up to the next one; true at the end of the text's own value.
  @inline(__always)
  private mutating func readEnds(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout MutableSpan<Node>
  ) throws(MalformedJSON) -> Bool {
    while true {
      skipSpace(bytes)
      guard parent >= 0 else { return true }
      guard at < bytes.count else {
        throw malformed(
          isInObject ? "the text ends inside an object" : "the text ends inside an array")
      }
      let byte = bytes[at]
      if byte == UInt8(ascii: ",") {
        at &+= 1
        skipSpace(bytes)
        if isInObject { try readKey(bytes, &nodes) }
        return false
      }
      guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw malformed("a comma or a closing bracket is missing")
      }
      at &+= 1
      close(&nodes)
    }
  }

  @inline(__always)
  private mutating func open(
    _ kind: JSONKind, _ end: UInt8, _ bytes: borrowing Span<UInt8>,
    _ nodes: inout MutableSpan<Node>
  ) throws(MalformedJSON) -> Bool {
    depth &+= 1
    guard depth <= JSONTape.maximumDepth else {
      throw malformed("values are nested deeper than \(JSONTape.maximumDepth) levels")
    }
    nodes[count] = Node(
      start: offset(at), end: 0, next: UInt32(truncatingIfNeeded: parent), kind: kind,
      isEscaped: isInObject)
    parent = count
    count &+= 1
    isInObject = kind == .object
    at &+= 1
    skipSpace(bytes)
    if at < bytes.count, bytes[at] == end {
      at &+= 1
      close(&nodes)
      return true
    }
    if isInObject { try readKey(bytes, &nodes) }
    return false
  }

  @inline(__always)
  private mutating func close(_ nodes: inout MutableSpan<Node>) {
    let own = parent
    depth &-= 1
    parent = Int(Int32(truncatingIfNeeded: nodes[own].next))
    isInObject = nodes[own].isEscaped
    nodes[own].end = offset(at)
    nodes[own].next = UInt32(truncatingIfNeeded: count)
    nodes[own].isEscaped = false
  }

  @inline(__always)
  private mutating func leaf(
    _ kind: JSONKind, from start: Int, to end: Int, isEscaped: Bool = false,
    _ nodes: inout MutableSpan<Node>
  ) {
    nodes[count] = Node(
      start: offset(start), end: offset(end), next: UInt32(truncatingIfNeeded: count &+ 1),
      kind: kind, isEscaped: isEscaped)
    count &+= 1
  }

  @inline(__always)
  private func offset(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: base &+ index) }

  private func malformed(_ reason: String) -> MalformedJSON {
    MalformedJSON(offset: at, reason: reason)
  }

  @inline(__always)
  private mutating func readKey(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout MutableSpan<Node>
  ) throws(MalformedJSON) {
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
      throw malformed("a member's name in quotes is missing")
    }
    try readString(bytes, &nodes)
    skipSpace(bytes)
    guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else {
      throw malformed("a colon is missing after a member's name")
    }
    at &+= 1
    skipSpace(bytes)
  }

  @inline(__always)
  private mutating func readString(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout MutableSpan<Node>
  ) throws(MalformedJSON) {
    let start = at &+ 1
    var scan = JSONStringScan(at: start)
    try scan.run(bytes)
    leaf(.string, from: start, to: scan.at, isEscaped: scan.isEscaped, &nodes)
    at = scan.at &+ 1
  }

  private mutating func readWord(
    _ word: StaticString, _ kind: JSONKind, _ bytes: borrowing Span<UInt8>,
    _ nodes: inout MutableSpan<Node>
  ) throws(MalformedJSON) {
    let end = at &+ word.utf8CodeUnitCount
    guard end <= bytes.count, bytes.extracting(at..<end).equals(word) else {
      throw malformed("unexpected word where a value should be")
    }
    leaf(kind, from: at, to: end, &nodes)
    at = end
  }

  private mutating func readNumber(
    _ bytes: borrowing Span<UInt8>, _ nodes: inout MutableSpan<Node>
  ) throws(MalformedJSON) {
    let start = at
    if bytes[at] == UInt8(ascii: "-") { at &+= 1 }
    let leading = at
    guard skipDigits(bytes) else { throw malformed("a number has no digits") }
    if bytes[leading] == UInt8(ascii: "0"), at &- leading > 1 {
      throw malformed("a number begins with a superfluous zero")
    }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at &+= 1
      guard skipDigits(bytes) else { throw malformed("a number has no digits after its point") }
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at &+= 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
        at &+= 1
      }
      guard skipDigits(bytes) else { throw malformed("a number has no digits in its exponent") }
    }
    leaf(.number, from: start, to: at, &nodes)
  }

  @inline(__always)
  private mutating func skipDigits(_ bytes: borrowing Span<UInt8>) -> Bool {
    let start = at
    while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at &+= 1 }
    return at > start
  }

  @inline(__always)
  private mutating func skipSpace(_ bytes: borrowing Span<UInt8>) {
    while at < bytes.count, bytes[at] <= 0x20 {
      switch bytes[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at &+= 1
      default: return
      }
    }
  }
}
