import ControlPlane
import Testing

@testable import anyllm_tui

@Suite struct `Text from strangers` {
  private func shown(_ text: String, width: Int = 40, glyphs: Glyphs = .unicode) -> String {
    var canvas = Canvas(size: Size(width: width, height: 1), glyphs: glyphs)
    canvas.put(text, 0, 0)
    return canvas.grid.lines[0]
  }

  @Test(arguments: [
    ("plain", "plain"), ("a\u{1B}[31mred", "a[31mred"), ("bell\u{07}\u{08}!", "bell!"),
    ("c1\u{9B}2J", "c12J"), ("bidi\u{202E}evil\u{2066}", "bidievil"),
    ("zero\u{200B}\u{200D}\u{FEFF}width", "zerowidth"), ("two\nlines", "two⏎lines"),
    ("tab\tstop", "tab stop"), ("heart❤\u{FE0F}", "heart▯"), ("👩‍👩‍👧 family", "▯▯▯ family"),
    ("tag\u{E0041}s", "tags"), ("\u{0301}lonely", "lonely"),
    ("de\u{0301}ja\u{300}", "de\u{0301}ja\u{300}"),
    ("z\u{0301}\u{0302}\u{0303}\u{0304}algo", "z\u{0301}\u{0302}algo"),
    ("شركة", "شركة"), ("日本語", "日本語"), ("private\u{E000}", "private▯"), ("nul\u{0}l", "null"),
    ("%s%n", "%s%n"),
  ])
  func `reaches the screen harmless`(text: String, expected: String) {
    #expect(shown(text) == expected)
  }

  @Test(arguments: [("日本語", "???"), ("é", "?"), ("a→b", "a?b"), ("😀", "?")])
  func `becomes question marks where there is only ASCII`(text: String, expected: String) {
    #expect(shown(text, glyphs: .ascii) == expected)
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("日本語", 6, "日本語"), ("日本語", 5, "日本…"),
    ("日本語", 4, "日…"), ("日本語", 1, "…"), ("日", 1, "…"),
  ])
  func `is cut by columns`(text: String, width: Int, expected: String) {
    #expect(shown(text, width: width) == expected)
  }

  @Test func `of three hundred characters stays in its column`() throws {
    let long = String(repeating: "very-long-", count: 30)
    let model = try DashboardFixture.model(80, 24) {
      for index in $0.streams.indices {
        $0.streams[index].modelRequested = long
        $0.streams[index].key = "鍵" + long
        $0.streams[index].backend = long
      }
      $0.backends[0].name = "\u{1B}[2J後端" + long
      $0.errors[0].message = "\u{202E}" + long
    }
    let lines = model.screenText.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 24)
    let streams = lines.filter { $0.contains("very-long") && $0.contains("STREAM") }
    #expect(streams.count == 3)
    #expect(streams.allSatisfy { $0.hasSuffix("s") })
  }

  @Test func `covering half of a wide character blanks the other half`() {
    var canvas = Canvas(size: Size(width: 6, height: 1), glyphs: .unicode)
    canvas.put("日本語", 0, 0)
    canvas.put("x", 1, 0)
    #expect(canvas.grid.lines == [" x本語"])
    canvas.put("y", 4, 0)
    #expect(canvas.grid.lines == [" x本y"])
  }

  @Test func `a wide character never begins in the last column`() {
    var grid = Grid(size: Size(width: 3, height: 1))
    grid.put(Cell(base: 0x65E5, width: 2), 2, 0)
    #expect(grid.lines == [""])
  }
}

@Suite struct `Numbers` {
  @Test(arguments: [(nil, "-"), (0, "0ms"), (212, "212ms"), (1310, "1.31s"), (48_000, "48.0s")])
  func `of latencies`(value: Int?, expected: String) {
    #expect(NumberFormat.latency(milliseconds: value) == expected)
  }

  @Test(arguments: [
    (-5, "0.0s"), (300, "0.3s"), (13_400, "13.4s"), (123_000, "2m03s"), (3_840_000, "1h04m"),
    (259_200_000, "3d"),
  ])
  func `of elapsed times`(value: Int, expected: String) {
    #expect(NumberFormat.elapsed(milliseconds: value) == expected)
  }

  @Test(arguments: [
    (0, "0"), (812, "812"), (9999, "9999"), (12_400, "12.4k"), (124_000, "124k"),
    (1_200_000, "1.2M"), (-3, "0"),
  ])
  func `of counts`(value: Int, expected: String) {
    #expect(NumberFormat.count(value) == expected)
  }

  @Test func `of counts stay short however large`() {
    #expect(NumberFormat.count(.max).count <= 12)
  }

  @Test(arguments: [(0.0, "0.0"), (0.4, "0.4"), (36.3, "36.3"), (412, "412"), (1234, "1.2k")])
  func `of rates`(value: Double, expected: String) {
    #expect(NumberFormat.rate(value) == expected)
  }

  @Test func `that are none are a dash`() {
    #expect(NumberFormat.rate(.nan) == "-")
    #expect(NumberFormat.rate(.infinity) == "-")
    #expect(NumberFormat.percent(.nan) == "-")
  }

  @Test(arguments: [(6.1, "6.1"), (100, "100"), (99.96, "100"), (0, "0.0")])
  func `of shares`(value: Double, expected: String) {
    #expect(NumberFormat.percent(value) == expected)
  }

  @Test func `of days and times follow the offset`() {
    let moment = DashboardFixture.now.wallMs
    #expect(NumberFormat.time(milliseconds: moment, utcOffset: 0) == "12:04:33")
    #expect(NumberFormat.time(milliseconds: moment, utcOffset: -46_800) == "23:04:33")
    #expect(NumberFormat.day(milliseconds: moment, utcOffset: 0) == "Sat 21 Nov")
    #expect(NumberFormat.day(milliseconds: moment, utcOffset: -46_800) == "Fri 20 Nov")
    #expect(NumberFormat.date(milliseconds: moment, utcOffset: 43_200) == "2026-11-22")
    #expect(NumberFormat.day(milliseconds: 0, utcOffset: 0) == "Thu 1 Jan")
  }
}

@Suite struct `A graph` {
  @Test(arguments: [
    (0.0, 1.0), (0.3, 0.5), (1, 1), (1.1, 2), (3, 5), (7, 10), (412, 500), (980, 1000),
  ])
  func `has a round axis`(peak: Double, maximum: Double) {
    #expect(abs(Graph.niceMaximum(peak) - maximum) < 1e-9)
  }

  @Test(arguments: [Double.nan, .infinity, -4])
  func `has an axis whatever it is given`(peak: Double) {
    #expect(Graph.niceMaximum(peak) == 1)
  }

  @Test func `leaves what was not measured blank`() {
    #expect(Graph.buckets([5, 7], window: 4, width: 4) == [nil, nil, 5, 7])
    #expect(Graph.buckets([1, 2, 3, 4], window: 4, width: 2) == [1.5, 3.5])
    #expect(Graph.buckets([1, .nan, 3, 4], window: 4, width: 4) == [1, nil, 3, 4])
    #expect(Graph.buckets([9, 9, 1, 2], window: 2, width: 4) == [1, 1, 2, 2])
  }

  @Test func `draws a zero as a low line and a gap as nothing`() {
    var canvas = Canvas(size: Size(width: 4, height: 2), glyphs: .unicode)
    canvas.bars(
      [nil, 0, 4, 8], maximum: 8, in: Rect(x: 0, y: 0, width: 4, height: 2), role: .graph)
    #expect(canvas.grid.lines == ["   █", " ▁██"])
  }
}

@Suite struct `Columns` {
  private let columns = [
    Column<Int>("A", 4...6, priority: 1) { row, _ in .text("\(row)", .text) },
    Column<Int>("B", 4...Int.max, priority: 2, comfortable: 10) { row, _ in .text("\(row)", .text)
    },
    Column<Int>("C", 5...8, priority: 6) { row, _ in .text("\(row)", .text) },
  ]

  @Test(arguments: [
    (40, ["A": 6, "B": 24, "C": 8]), (22, ["A": 5, "B": 10, "C": 5]), (18, ["A": 6, "B": 11]),
    (9, ["A": 4, "B": 4]), (5, ["A": 5]), (2, ["A": 2]),
  ])
  func `give way by importance`(width: Int, expected: [String: Int]) {
    let fitted = columns.fitted(to: width)
    #expect(
      Dictionary(uniqueKeysWithValues: fitted.map { ($0.column.title, $0.width) }) == expected)
  }
}
