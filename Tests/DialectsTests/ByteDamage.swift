@testable import Dialects

extension [UInt8] {
  private static let telling =
    Array("\"\\{}[],:0-eE \n\r\u{0}\u{7F}xnul".utf8) + [0x80, 0xC3, 0xED, 0xF0, 0xFF]

  /// Some bytes of these changed, removed, doubled or inserted.
  func damaged(by numbers: inout SeededNumbers) -> [UInt8] {
    let telling = Self.telling
    var damaged = self
    for _ in 0..<Int.random(in: 1...4, using: &numbers) where !damaged.isEmpty {
      let place = Int.random(in: 0..<damaged.count, using: &numbers)
      let end = Swift.min(damaged.count, place + Int.random(in: 1...30, using: &numbers))
      switch Int.random(in: 0..<4, using: &numbers) {
      case 0: damaged[place] = telling[Int.random(in: 0..<telling.count, using: &numbers)]
      case 1: damaged.removeSubrange(place..<end)
      case 2: damaged.insert(contentsOf: damaged[place..<end], at: place)
      default:
        damaged.insert(telling[Int.random(in: 0..<telling.count, using: &numbers)], at: place)
      }
    }
    return damaged
  }
}
