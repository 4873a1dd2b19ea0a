/// A model name or a glob with `*`, compared without regard to ASCII case.
///
/// A name with a context-window suffix such as `[1m]` also matches as the name without it.
package struct ModelPattern: Sendable, Hashable {
  /// As it was written.
  package let text: String
  /// The lowercased bytes between the stars; one piece is an exact name.
  private let pieces: [[UInt8]]

  package init(_ text: String) {
    self.text = text
    pieces = Self.lowered(text).split(
      separator: UInt8(ascii: "*"), omittingEmptySubsequences: false
    ).map(Array.init)
  }

  package var isExact: Bool { pieces.count == 1 }

  /// Whether the name, or the name without its window suffix, fits.
  package func matches(_ name: String) -> Bool {
    let bytes = Self.lowered(name)
    if fits(bytes[...]) { return true }
    guard let end = Self.windowSuffixStart(bytes) else { return false }
    return fits(bytes[..<end])
  }

  /// Whether every name the other pattern matches is matched by this one.
  package func covers(_ other: ModelPattern) -> Bool {
    // A byte that no name contains stands for "anything": only a star of ours can take it.
    let probe = other.pieces.map { $0 }.joined(separator: [0])
    let bytes = Array(probe)
    if fits(bytes[...]) { return true }
    guard let end = Self.windowSuffixStart(bytes) else { return false }
    return fits(bytes[..<end])
  }

  /// The name without a context-window suffix: `claude-opus-4-6[1m]` is `claude-opus-4-6`.
  package static func withoutWindowSuffix(_ name: String) -> String {
    guard let end = windowSuffixStart(Array(name.utf8)) else { return name }
    return String(decoding: name.utf8.prefix(end), as: UTF8.self)
  }

  private func fits(_ name: ArraySlice<UInt8>) -> Bool {
    guard let first = pieces.first, let last = pieces.last else { return false }
    if pieces.count == 1 { return name.elementsEqual(first) }
    guard name.count >= first.count + last.count, name.starts(with: first) else { return false }
    var rest = name.dropFirst(first.count)
    guard rest.suffix(last.count).elementsEqual(last) else { return false }
    rest = rest.dropLast(last.count)
    for piece in pieces.dropFirst().dropLast() {
      guard let end = Self.end(of: piece, in: rest) else { return false }
      rest = rest[end...]
    }
    return true
  }

  private static func end(of piece: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard !piece.isEmpty else { return bytes.startIndex }
    var start = bytes.startIndex
    while bytes.endIndex - start >= piece.count {
      if bytes[start..<(start + piece.count)].elementsEqual(piece) { return start + piece.count }
      start += 1
    }
    return nil
  }

  private static func lowered(_ text: String) -> [UInt8] {
    text.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
  }

  /// Where `[1m]`, `[200k]` and the like begin at the end of a name.
  private static func windowSuffixStart(_ name: [UInt8]) -> Int? {
    guard name.last == UInt8(ascii: "]"),
      let open = name.lastIndex(of: UInt8(ascii: "[")), open > 0
    else { return nil }
    let inside = name[(open + 1)..<(name.count - 1)]
    guard let unit = inside.last, "mMkK".utf8.contains(unit), inside.count > 1,
      inside.dropLast().allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return open
  }
}

extension ModelPattern: CustomStringConvertible {
  package var description: String { text }
}
