import ControlPlane
import Testing

@testable import anyllm_tui

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

@Suite struct `A storm of keys, sizes and data` {
  private static let widths = [0, 1, 2, 3, 8, 20, 40, 59, 60, 72, 80, 110, 120, 180, 200, 300]
  private static let heights = [0, 1, 2, 3, 5, 10, 16, 20, 24, 34, 50, 60]
  private static let names = [
    "", "a", "\u{1B}[2J", "日本語の名前", "😀👩‍👩‍👧", "\u{202E}evil", "%s%n", "nul\u{0}",
    String(repeating: "x", count: 300), "two\nlines",
  ]

  private let keys: [Key] =
    KeyRegistry.all.flatMap(\.keys) + [
      "y", "n", "d", "h", "s", "a", "日", .pasteBegin, .pasteEnd, .focusIn, .focusOut, .unknown,
      .backspace, .delete, .left, .right,
    ]

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `leaves a whole screen and kills only what was confirmed`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let base = try DashboardFixture.load().snapshot
    var model = try DashboardFixture.model(80, 24)
    for _ in 0..<400 {
      model.pass(Int64.random(in: 0...400, using: &random))
      switch Int.random(in: 0..<20, using: &random) {
      case 0:
        let size = Size(
          width: Self.widths.randomElement(using: &random) ?? 80,
          height: Self.heights.randomElement(using: &random) ?? 24)
        _ = model.update(.resized(size))
      case 1, 2: _ = model.update(.snapshot(mangled(base, &random)))
      default:
        let asked = model.dialog
        let key = keys.randomElement(using: &random) ?? .escape
        let effects = model.update(.key(key))
        for case .perform(.killRequest(let id)) in effects {
          guard case .kill(let stream) = asked?.question else {
            Issue.record("killed \(id) without a question")
            continue
          }
          #expect(stream.id == id && key == "y")
        }
      }
      try check(model)
    }
  }

  private func check(_ model: DashboardModel) throws {
    let grid = DashboardView.draw(model)
    try #require(grid.size == model.size)
    for cell in grid.cells {
      let isWhole = cell.width == 0 ? cell.base == 0 : cell.base >= 0x20 && cell.base != 0x7F
      try #require(isWhole && !(0x80..<0xA0).contains(cell.base))
    }
    for (pane, state) in model.lists {
      try #require(state.rows.count == state.sources.count, "\(pane)")
      if let id = state.selectedID { try #require(state.rows.contains(id)) }
      try #require(state.offset >= 0 && state.offset <= max(0, state.rows.count - 1))
    }
  }

  private func mangled(_ base: LiveSnapshot, _ random: inout SeededGenerator) -> LiveSnapshot {
    var snapshot = base
    let count = [0, 1, 6, 80].randomElement(using: &random) ?? 1
    snapshot.streams = (0..<count).map { index in
      var stream = base.streams[index % base.streams.count]
      stream.id = "req_\(Int.random(in: 0..<100, using: &random))"
      stream.modelRequested = Self.names.randomElement(using: &random) ?? ""
      stream.key = Self.names.randomElement(using: &random) ?? ""
      stream.elapsedMs = [-5, 0, 1234, .max / 4].randomElement(using: &random) ?? 0
      stream.outputTokens = [0, -1, 5, .max].randomElement(using: &random) ?? 0
      stream.tokensPerSecond =
        [0, .nan, .infinity, -3, 1e300].randomElement(using: &random) ?? 0
      stream.state = [.done, .failed, .streaming].randomElement(using: &random) ?? .waiting
      return stream
    }
    snapshot.backends.shuffle(using: &random)
    snapshot.backends.removeLast(Int.random(in: 0...base.backends.count, using: &random))
    snapshot.errors.shuffle(using: &random)
    snapshot.throughput.tokensPerSecond = [.nan, 1e300, -5, .infinity, 3]
    snapshot.takenAtMs = [0, .max / 2, base.takenAtMs].randomElement(using: &random) ?? 0
    snapshot.startedAtMs = [0, .max / 2, base.startedAtMs].randomElement(using: &random) ?? 0
    snapshot.state = [.serving, .draining, .degraded].randomElement(using: &random) ?? .serving
    return snapshot
  }
}
