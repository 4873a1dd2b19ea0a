/// The arguments of a tool call as they arrive: text inside a JSON string, in fragments.
///
/// Arguments that begin as an object go on to the client at once. Anything else (nothing at all, a
/// Markdown fence, a bare value, no JSON) waits until the call is over and becomes an object then.
struct ChatArguments {
  private enum Shape {
    case undecided, object, other
  }

  /// Whether the brace that ends the object has come.
  private(set) var isComplete = false
  private var shape = Shape.undecided
  private var pending: [JSONText] = []
  private var depth = 0
  private var isInString = false
  private var isAfterBackslash = false

  /// Whether nothing but white space has come.
  var isBlank: Bool { shape == .undecided }

  /// Whether fragments are waiting for the end of the call.
  var isHeldBack: Bool { !pending.isEmpty }

  /// What has come and not gone on to the client.
  var pendingText: JSONText { pending.reduce(.empty, +) }

  /// Takes a fragment; whatever follows the end of the object is no part of it.
  mutating func append(_ fragment: JSONText) {
    guard !isComplete, !fragment.isEmpty else { return }
    let end = scan(fragment.bytes)
    pending.append(JSONText(escaped: fragment.bytes[..<end]))
  }

  /// Hands on what may go to the client already.
  mutating func release(into events: inout [ReplyEvent]) {
    guard shape == .object else { return }
    for fragment in pending { events.append(.arguments(fragment)) }
    pending.removeAll(keepingCapacity: true)
  }

  /// Hands on the rest when no more will come.
  mutating func finish(into events: inout [ReplyEvent]) {
    if shape == .object { return release(into: &events) }
    events.append(.arguments(Self.text(from: pendingText)))
    pending = []
  }

  /// Follows the object's braces to the index after its end.
  private mutating func scan(_ fragment: ArraySlice<UInt8>) -> Int {
    let bytes = fragment.span
    var at = 0
    while shape == .undecided, at < bytes.count { decide(by: Self.character(bytes, &at)) }
    guard shape == .object else { return fragment.endIndex }
    follow(bytes, from: &at)
    return isComplete ? fragment.startIndex + at : fragment.endIndex
  }

  private mutating func decide(by byte: UInt8) {
    switch byte {
    case 0x20, 0x0A, 0x0D, 0x09: break
    case UInt8(ascii: "{"):
      shape = .object
      depth = 1
    default: shape = .other
    }
  }

  private mutating func follow(_ bytes: borrowing Span<UInt8>, from at: inout Int) {
    var depth = depth
    var isInString = isInString
    var isAfterBackslash = isAfterBackslash
    // Kept in registers until the end.
    defer {
      self.depth = depth
      self.isInString = isInString
      self.isAfterBackslash = isAfterBackslash
    }
    while at < bytes.count {
      if isInString, !isAfterBackslash {
        // A string's own quotes and backslashes all have a backslash before them on the wire.
        at = JSONEscape.backslash(in: bytes, from: at)
        guard at < bytes.count else { return }
      }
      let isQuote = Self.isQuote(bytes, at)
      if isQuote, !isAfterBackslash {
        isInString.toggle()
        at &+= 2
        continue
      }
      let byte = Self.character(bytes, &at)
      if isInString {
        isInString = isAfterBackslash || byte != UInt8(ascii: "\"")
        isAfterBackslash = !isAfterBackslash && byte == UInt8(ascii: "\\")
        continue
      }
      // Braces and brackets differ in one bit.
      if byte | 0x20 == UInt8(ascii: "{") {
        depth &+= 1
      } else if byte | 0x20 == UInt8(ascii: "}") {
        depth &-= 1
        isComplete = depth == 0
        if isComplete { return }
      } else if byte == UInt8(ascii: "\"") {
        isInString = true
      }
    }
  }

  /// Whether a quote stands there in its usual escape.
  @inline(__always)
  private static func isQuote(_ bytes: borrowing Span<UInt8>, _ at: Int) -> Bool {
    bytes[at] == UInt8(ascii: "\\") && at &+ 1 < bytes.count
      && bytes[at &+ 1] == UInt8(ascii: "\"")
  }

  /// Reads one character of the wire's string, its escape resolved; any character that is not
  /// ASCII is as good as another here.
  @inline(__always)
  private static func character(_ bytes: borrowing Span<UInt8>, _ at: inout Int) -> UInt8 {
    let byte = bytes[at]
    at &+= 1
    guard byte == UInt8(ascii: "\\"), at < bytes.count else { return byte }
    let escape = bytes[at]
    at &+= 1
    switch escape {
    case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): return 0x20
    case UInt8(ascii: "u"):
      var value: UInt32 = 0
      let end = Swift.min(at + 4, bytes.count)
      for place in at..<end { value = value << 4 | (Hexadecimal.value(bytes[place]) ?? 0) }
      at = end
      return value < 0x80 ? UInt8(value) : 0x80
    default: return escape
    }
  }
}

extension ChatArguments {
  /// Arguments that are there whole, as text inside a JSON string that is an object in any case.
  static func text(from text: JSONText) -> JSONText {
    let object = ToolArguments.object(text)
    return object.bytes == text.unescaped[...] ? text : JSONText(escaping: object.bytes)
  }
}
