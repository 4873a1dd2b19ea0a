/// Byte-pair merging: always the pair with the lowest token next, the leftmost of equals.
///
/// The arrays are kept from piece to piece.
struct PairMerging {
  /// The tokens of the last piece.
  private(set) var tokens: [UInt32] = []
  private var places: [Int32] = []
  private var candidates: [UInt32] = []
  private var links: [Link] = []
  private var queue = CandidateQueue()

  private struct Link {
    var before: Int32
    var behind: Int32
  }

  /// Looking through all pairs at each step is quickest up to here.
  private static let shortest = 64
  private static let none = UInt32.max

  /// Merges the bytes of the piece into `tokens`.
  mutating func merge(
    _ text: borrowing Span<UInt8>, _ piece: Range<Int>, _ vocabulary: Vocabulary
  ) {
    tokens.removeAll(keepingCapacity: true)
    for at in piece { tokens.append(vocabulary.token(ofByte: text[at])) }
    candidates.removeAll(keepingCapacity: true)
    for at in tokens.indices.dropLast() {
      candidates.append(vocabulary.merged(tokens[at], tokens[at &+ 1]) ?? Self.none)
    }
    candidates.append(Self.none)
    if tokens.count <= Self.shortest {
      mergeShort(vocabulary)
    } else {
      mergeLong(vocabulary)
    }
  }

  /// Where in the piece that token begins; only after merging more than 64 bytes.
  func place(of token: Int) -> Int { Int(places[token]) }

  /// `candidates[at]` is what the tokens at `at` and behind it would become.
  private mutating func mergeShort(_ vocabulary: Vocabulary) {
    var count = tokens.count
    while true {
      var best = Self.none
      var at = 0
      for index in 0..<count where candidates[index] < best {
        best = candidates[index]
        at = index
      }
      guard best != Self.none else { break }
      tokens[at] = best
      count &-= 1
      for index in (at &+ 1)..<max(count, at &+ 1) {
        tokens[index] = tokens[index &+ 1]
        candidates[index] = candidates[index &+ 1]
      }
      candidates[at] = at &+ 1 < count ? candidate(at, at &+ 1, vocabulary) : Self.none
      if at > 0 { candidates[at &- 1] = candidate(at &- 1, at, vocabulary) }
    }
    tokens.removeLast(tokens.count - count)
  }

  private func candidate(_ left: Int, _ right: Int, _ vocabulary: Vocabulary) -> UInt32 {
    vocabulary.merged(tokens[left], tokens[right]) ?? Self.none
  }

  /// The same with a queue, so that the time grows with n log n.
  private mutating func mergeLong(_ vocabulary: Vocabulary) {
    let count = tokens.count
    links.removeAll(keepingCapacity: true)
    for at in 0..<count { links.append(Link(before: Int32(at - 1), behind: Int32(at + 1))) }
    queue.fill(candidates)
    while let (merged, at) = queue.next() {
      // A pair that has changed since it was queued was queued again.
      guard candidates[at] == merged else { continue }
      join(at, merged, count, vocabulary)
    }
    places.removeAll(keepingCapacity: true)
    var kept = 0
    var at = 0
    while at < count {
      places.append(Int32(at))
      tokens[kept] = tokens[at]
      kept &+= 1
      at = Int(links[at].behind)
    }
    tokens.removeLast(count - kept)
  }

  private mutating func join(
    _ at: Int, _ merged: UInt32, _ count: Int, _ vocabulary: Vocabulary
  ) {
    let gone = Int(links[at].behind)
    let behind = Int(links[gone].behind)
    tokens[at] = merged
    candidates[gone] = Self.none
    links[at].behind = Int32(behind)
    candidates[at] = Self.none
    if behind < count {
      links[behind].before = Int32(at)
      offer(at, candidate(at, behind, vocabulary))
    }
    let before = Int(links[at].before)
    if before >= 0 { offer(before, candidate(before, at, vocabulary)) }
  }

  private mutating func offer(_ at: Int, _ candidate: UInt32) {
    candidates[at] = candidate
    if candidate != Self.none { queue.add(candidate, at) }
  }
}
