import Testing

@testable import Gateway

@Suite struct `A minute window` {
  @Test func `forgets each second a minute after it`() {
    var window = MinuteWindow()
    window.add(3, at: 100)
    window.add(4, at: 130)
    #expect(window.total(at: 160) == 7)
    #expect(window.total(at: 161) == 4)
    #expect(window.total(at: 190) == 4)
    #expect(window.total(at: 191) == 0)
  }

  @Test func `takes back what was not needed`() {
    var window = MinuteWindow()
    window.add(100, at: 10)
    window.add(-70, at: 12)
    #expect(window.total(at: 12) == 30)
    // The reservation goes before what was given back of it; less than nothing is nothing.
    #expect(window.total(at: 71) == 0)
    #expect(window.total(at: 73) == 0)
  }

  @Test func `knows when there is room again`() {
    var window = MinuteWindow()
    window.add(5, at: 100)
    window.add(5, at: 110)
    #expect(window.seconds(untilAtMost: 10, from: 120) == 0)
    #expect(window.seconds(untilAtMost: 9, from: 120) == 41)
    #expect(window.seconds(untilAtMost: 4, from: 120) == 51)
    #expect(window.total(at: 161) == 5)
    #expect(window.total(at: 171) == 0)
  }

  @Test func `agrees with counting one by one`() {
    var dice = Dice(seed: 7)
    var window = MinuteWindow()
    var all: [(second: Int64, amount: Int)] = []
    var second: Int64 = 1
    for _ in 0..<2000 {
      second += Int64.random(in: 0...9, using: &dice)
      let amount = Int.random(in: 0...50, using: &dice)
      window.add(amount, at: second)
      all.append((second, amount))
      let wanted = all.filter { $0.second > second - 61 }.reduce(0) { $0 + $1.amount }
      #expect(window.total(at: second) == wanted)
    }
  }
}

/// Numbers that are the same in every run.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
