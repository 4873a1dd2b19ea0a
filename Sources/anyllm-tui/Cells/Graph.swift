/// Graphs in cells.
///
/// A missing value is a gap and never a zero; the axis begins at zero.
enum Graph {
  /// The next of 1, 2, 5 × 10ⁿ at or above the peak.
  static func niceMaximum(_ peak: Double) -> Double {
    guard peak.isFinite, peak > 0 else { return 1 }
    var step = 1.0
    while step < peak { step *= 10 }
    while step / 10 >= peak { step /= 10 }
    for factor in [0.2, 0.5] where step * factor >= peak { return step * factor }
    return step
  }

  /// The newest values at the right end of `width` buckets, each the mean of `perBucket` values.
  static func buckets(_ values: [Double], window: Int, width: Int) -> [Double?] {
    guard width > 0 else { return [] }
    let span = max(1, window)
    let missing = span - values.count
    return (0..<width).map { column in
      let from = column * span / width
      let to = max(from + 1, (column + 1) * span / width)
      var sum = 0.0
      var count = 0
      for second in from..<to where second >= missing && second - missing < values.count {
        let value = values[second - missing]
        guard value.isFinite else { continue }
        sum += value
        count += 1
      }
      return count == 0 ? nil : sum / Double(count)
    }
  }
}

extension Canvas {
  /// One row of bars, newest at the right.
  mutating func sparkline(
    _ values: [Double?], maximum: Double? = nil, _ x: Int, _ y: Int, width: Int,
    style: Style = Style(role: .graph)
  ) {
    let shown = values.suffix(max(0, width))
    let peak = maximum ?? shown.reduce(0) { max($0, $1 ?? 0) }
    for (column, value) in zip((x + width - shown.count)..., shown) {
      guard let value, value.isFinite else { continue }
      put(glyphs.bars[level(value, of: peak, in: 8)], column, y, width: 1, style: style)
    }
  }

  /// Bars that stand on one another, `rect.height` rows high.
  mutating func bars(_ values: [Double?], maximum: Double, in rect: Rect, role: Role) {
    guard rect.height > 0, maximum > 0 else { return }
    let full = glyphs.bars[7]
    for (column, value) in zip(rect.x..., values.suffix(rect.width)) {
      guard let value, value.isFinite else { continue }
      let eighths = Int((min(1, max(0, value / maximum)) * Double(rect.height * 8)).rounded())
      for row in 0..<rect.height {
        let rest = eighths - row * 8
        guard rest > 0 else {
          // A zero is drawn as the thinnest bar, to tell it from a gap.
          if row == 0 { put(glyphs.bars[0], column, rect.maxY - 1, width: 1, role: .dim) }
          break
        }
        let partial = glyphs.barsStack || rest >= 8 ? glyphs.bars[min(rest, 8) - 1] : glyphs.bars[3]
        put(rest >= 8 ? full : partial, column, rect.maxY - 1 - row, width: 1, role: role)
      }
    }
  }

  private func level(_ value: Double, of peak: Double, in levels: Int) -> Int {
    guard peak > 0 else { return 0 }
    let share = min(1, max(0, value / peak))
    return min(levels - 1, Int(share * Double(levels)))
  }

  /// A gauge with its number, such as `[████░░]`; ASCII draws `[###...]`.
  mutating func gauge(_ share: Double, _ x: Int, _ y: Int, width: Int, role: Role) {
    guard width >= 3 else { return }
    let inner = width - 2
    let filled = Int((min(1, max(0, share)) * Double(inner)).rounded())
    put("[", x, y, role: .dim)
    for column in 0..<inner {
      let glyph = column < filled ? (glyphs.isASCII ? "#" : "█") : (glyphs.isASCII ? "." : "░")
      put(glyph, x + 1 + column, y, role: column < filled ? role : .dim)
    }
    put("]", x + width - 1, y, role: .dim)
  }
}
