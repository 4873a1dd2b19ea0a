/// Choices that depend on nothing but the input, so that a seed needs no bytes for them.
package struct Cuts {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  package init(of bytes: [UInt8]) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  package mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(1, bound)))
  }

  /// The bytes in pieces, some of them of one byte and some of none.
  package mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
    let longest = [1, 3, 17, 200, 5000][next(below: 5)]
    var pieces: [[UInt8]] = []
    var at = 0
    while at < bytes.count {
      let end = min(bytes.count, at + next(below: longest + 1))
      if end == at, pieces.last?.isEmpty == true { continue }
      pieces.append(Array(bytes[at..<end]))
      at = end
    }
    return pieces
  }
}
