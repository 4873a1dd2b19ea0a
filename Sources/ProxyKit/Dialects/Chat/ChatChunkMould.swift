/// A chunk with a gap in it, from which the next ones mostly differ in that gap alone.
///
/// A chunk that has the same bytes before and after, and between them the inside of a string,
/// means what the first one meant; it need not be taken apart again.
struct ChatChunkMould {
  private let head: [UInt8]
  private let tail: [UInt8]
  let slot: ChatUsualChunk.Slot

  init(_ chunk: ChatUsualChunk, _ tape: JSONTape, _ bytes: ArraySlice<UInt8>) {
    let text = tape.nodes[chunk.node]
    head = Array(bytes[..<Int(text.start)])
    tail = Array(bytes[Int(text.end)...])
    slot = chunk.slot
  }

  /// The text in the gap; nil when the chunk is another one.
  func text(in bytes: ArraySlice<UInt8>) -> JSONText? {
    let gap = bytes.count - head.count - tail.count
    guard gap > 0 else { return nil }
    let span = bytes.span
    guard Self.isEqual(span, from: 0, head.span),
      Self.isEqual(span, from: head.count + gap, tail.span)
    else { return nil }
    var scan = JSONStringScan(at: head.count)
    do {
      try scan.run(span)
    } catch {
      return nil
    }
    guard scan.at == head.count + gap else { return nil }
    let start = bytes.startIndex + head.count
    return JSONText(escaped: bytes[start..<(start + gap)])
  }

  private static func isEqual(
    _ bytes: borrowing Span<UInt8>, from start: Int, _ other: borrowing Span<UInt8>
  ) -> Bool {
    let left = unsafe bytes.bytes
    let right = unsafe other.bytes
    var at = 0
    while at &+ 8 <= other.count {
      // Both loads lie within bounds: `start + other.count` is at most `bytes.count`.
      let a = unsafe left.unsafeLoadUnaligned(fromByteOffset: start &+ at, as: UInt64.self)
      let b = unsafe right.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      if a != b { return false }
      at &+= 8
    }
    while at < other.count {
      if bytes[start &+ at] != other[at] { return false }
      at &+= 1
    }
    return true
  }
}
