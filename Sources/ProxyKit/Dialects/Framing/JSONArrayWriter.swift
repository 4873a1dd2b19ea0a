/// Turns server-sent events into one JSON array that grows with them, Gemini's other form of a
/// stream.
package struct JSONArrayWriter: Sendable {
  private var framer = SSEFramer()
  private var hasBegun = false

  package init() {}

  /// Appends what the piece completes.
  package mutating func feed(
    _ piece: [UInt8], into out: inout [UInt8]
  ) throws(BrokenStream) {
    try framer.append(piece)
    while let event = try framer.next() { write(event.data, to: &out) }
  }

  /// Appends what is left, and the end of the array, which is there even without an event.
  package mutating func finish(into out: inout [UInt8]) throws(BrokenStream) {
    if let event = try framer.finish() { write(event.data, to: &out) }
    if !hasBegun { out.append(UInt8(ascii: "[")) }
    out.append("\n]")
  }

  private mutating func write(_ element: ArraySlice<UInt8>, to out: inout [UInt8]) {
    guard !element.isEmpty else { return }
    if hasBegun { out.append("\n,\n") } else { out.append(UInt8(ascii: "[")) }
    hasBegun = true
    out.append(contentsOf: element)
  }
}
