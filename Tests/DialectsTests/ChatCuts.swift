/// Cuts that are the same each time the tests run.
struct ChatCuts {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(1, bound)))
  }

  mutating func pieces(of bytes: [UInt8], count: Int) -> [ArraySlice<UInt8>] {
    let cuts = (1..<max(2, count)).map { _ in next(below: bytes.count + 1) }.sorted()
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    for cut in cuts + [bytes.count] {
      pieces.append(bytes[start..<cut])
      start = cut
    }
    return pieces
  }
}
