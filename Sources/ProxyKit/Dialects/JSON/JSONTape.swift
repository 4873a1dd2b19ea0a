/// Where a JSON text stopped being one.
package struct MalformedJSON: Error, Sendable, Equatable {
  package var offset: Int
  package var reason: String
}

package enum JSONKind: UInt8, Sendable {
  case object, array, string, number, `true`, `false`, null

  /// The kind in a sentence.
  var noun: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .true, .false: "a Boolean"
    case .null: "null"
    }
  }
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

    static let empty = Node(start: 0, end: 0, next: 0, kind: .null, isEscaped: false)
  }

  static let maximumDepth = 512
  /// Far above any real request, and a bound on what a hostile one makes us keep.
  static let maximumNodes = 4 << 20

  /// The nodes of the last text, then room that is kept for the next one.
  private(set) var nodes: [Node] = []
  private(set) var count = 0

  // `Array(repeating:count:)` is not specialised and looks its metadata up.
  private static func emptyNodes(_ count: Int) -> [Node] {
    [Node](capacity: count) { $0.append(repeating: .empty, count: count) }
  }

  /// Reads the value that fills `bytes`; offsets in the tape are indices of `bytes`.
  mutating func parse(_ bytes: ArraySlice<UInt8>) throws(MalformedJSON) {
    count = 0
    guard bytes.endIndex < UInt32.max else {
      throw MalformedJSON(offset: 0, reason: "the text is larger than 4 GiB")
    }
    var room = bytes.count / 32 + 32
    while true {
      if nodes.count < room { nodes = Self.emptyNodes(room) }
      var walk = JSONWalk(base: bytes.startIndex)
      var span = nodes.mutableSpan
      if try walk.run(bytes.span, into: &span) {
        count = walk.count
        return
      }
      // Few texts are that dense; they are read again, into more room.
      guard nodes.count < Self.maximumNodes else {
        throw MalformedJSON(offset: 0, reason: "the text holds more values than are accepted")
      }
      room = min(nodes.count * 4, Self.maximumNodes)
    }
  }
}
