/// Turns a JSON array of objects, as it arrives, into server-sent events.
///
/// It finds where each element begins and ends and nothing more: whether an element is JSON is seen
/// by whoever reads the event.
package struct JSONArrayReader: Sendable {
  /// An element larger than this ends the stream.
  package static let maximumElement = SSEFramer.maximumEvent

  private var element: [UInt8] = []
  private var depth = 0
  private var isInString = false
  private var isAfterBackslash = false
  private var hasBegun = false
  private var hasEnded = false

  package init() {}

  /// Appends an event for each element that the piece completes.
  package mutating func feed(
    _ piece: [UInt8], into out: inout [UInt8]
  ) throws(BrokenStream) {
    for byte in piece {
      guard depth > 0 else {
        try takeBetween(byte)
        continue
      }
      // A line end outside a string is white space; inside one it is escaped.
      element.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte)
      guard isEnd(byte) else { continue }
      out.append("data: ")
      out.append(contentsOf: element)
      out.append("\n\n")
      element.removeAll(keepingCapacity: true)
    }
    guard element.count <= Self.maximumElement else {
      throw BrokenStream(reason: "an element is larger than \(Self.maximumElement) bytes")
    }
  }

  /// The stream has ended: it must have been a whole array.
  package func finish() throws(BrokenStream) {
    guard hasEnded else { throw BrokenStream(reason: "the stream ended before its array did") }
  }

  private mutating func takeBetween(_ byte: UInt8) throws(BrokenStream) {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: return
    case UInt8(ascii: "[") where !hasBegun: hasBegun = true
    case UInt8(ascii: ",") where hasBegun && !hasEnded: return
    case UInt8(ascii: "]") where hasBegun && !hasEnded: hasEnded = true
    case UInt8(ascii: "{") where hasBegun && !hasEnded:
      depth = 1
      element.append(byte)
    default: throw BrokenStream(reason: "the stream is no JSON array of objects")
    }
  }

  /// Whether the byte, which lies inside an element, is its last.
  private mutating func isEnd(_ byte: UInt8) -> Bool {
    if isInString {
      if isAfterBackslash {
        isAfterBackslash = false
      } else if byte == UInt8(ascii: "\\") {
        isAfterBackslash = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return false
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
    default: break
    }
    return depth == 0
  }
}
