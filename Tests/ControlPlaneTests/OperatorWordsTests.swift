import Testing

@testable import ControlPlane

@Suite struct `Figures for people` {
  @Test(arguments: [
    (0, "0ms"), (212, "212ms"), (999, "999ms"), (1000, "1.00s"), (1314, "1.31s"),
    (9994, "9.99s"), (9996, "10.0s"), (48_000, "48.0s"), (99_949, "99.9s"), (99_951, "1m39s"),
    (123_000, "2m03s"), (3_840_000, "1h04m"), (259_200_000, "3d"), (-5, "0ms"),
  ])
  func `write latencies`(milliseconds: Int, text: String) {
    #expect(Figures.latency(milliseconds: milliseconds) == text)
  }

  @Test(arguments: [(0, "0.0s"), (400, "0.4s"), (48_000, "48.0s"), (123_000, "2m03s")])
  func `write elapsed times`(milliseconds: Int, text: String) {
    #expect(Figures.elapsed(milliseconds: milliseconds) == text)
  }

  @Test(arguments: [
    (0, "0"), (812, "812"), (9999, "9999"), (10_000, "10.0k"), (12_400, "12.4k"),
    (99_949, "99.9k"), (99_951, "100k"), (999_499, "999k"), (999_501, "1.0M"),
    (1_240_000, "1.2M"), (7_000_000_000, "7.0G"), (.max, "9223372.0T"),
  ])
  func `write counts`(value: Int, text: String) {
    #expect(Figures.count(value) == text)
  }

  @Test(arguments: [
    (0, "0.0"), (0.4, "0.4"), (36.34, "36.3"), (99.96, "100"), (412.4, "412"), (1234, "1.2k"),
    (.nan, "0.0"), (-1, "0.0"), (.infinity, "0.0"),
  ])
  func `write rates`(value: Double, text: String) {
    #expect(Figures.rate(value) == text)
  }

  @Test(arguments: [(0, "0.0"), (6.1, "6.1"), (99.94, "99.9"), (99.96, "100"), (100, "100")])
  func `write percentages`(value: Double, text: String) {
    #expect(Figures.percent(value) == text)
  }

  @Test(arguments: [
    (2000, "2s"), (240_000, "4m"), (10_800_000, "3h"), (777_600_000, "9d"), (-1, "0s"),
  ])
  func `write ages`(milliseconds: Int64, text: String) {
    #expect(Figures.age(milliseconds: milliseconds) == text)
  }

  @Test func `write moments with their day unless it is today`() {
    let noon: Int64 = 1_800_000_000_000
    #expect(Figures.timeOfDay(noon, utc: true) == "08:00:00")
    #expect(Figures.day(noon, utc: true) == "2027-01-15")
    #expect(Figures.moment(noon, now: noon + 1000, utc: true) == "08:00:00")
    #expect(Figures.moment(noon, now: noon + 86_400_000, utc: true) == "2027-01-15 08:00:00")
  }
}

@Suite struct `Plain text` {
  @Test(arguments: [
    ("claude-*", "claude-*"), ("\u{1B}[31mred", "\\x1b[31mred"), ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
    ("\u{7F}\u{9B}2J", "\\x7f\\x9b2J"), ("\u{202E}txt", "\\u{202e}txt"),
    ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"), ("zero\u{200B}width", "zero\\u{200b}width"),
    ("\u{0}", "\\x00"), ("日本 🦆 é", "日本 🦆 é"), ("tag\u{E0041}", "tag\\u{e0041}"),
  ])
  func `shows what could do harm as escapes`(text: String, safe: String) {
    #expect(PlainText.cleaned(text) == safe)
  }

  @Test(arguments: [("abc", 3), ("日本", 4), ("🦆", 2), ("é", 1), ("e\u{301}", 1), ("…", 1), ("", 0)])
  func `is measured in cells`(text: String, cells: Int) {
    #expect(PlainText.width(of: text) == cells)
  }

  @Test(arguments: 0...14)
  func `fits any width`(cells: Int) {
    let text = "ab日本🦆e\u{301}cdef"
    let fitted = PlainText.fitted(text, to: cells)
    #expect(PlainText.width(of: fitted) <= cells)
    #expect((fitted == text) == (cells >= PlainText.width(of: text)))
  }
}

@Suite struct `The nearest spelling` {
  @Test(arguments: [
    ("staus", "status"), ("mapings", "mappings"), ("key", "keys"), ("RELOAD", "reload"),
    ("xyzzy", nil), ("", nil),
  ])
  func `finds the word that was meant`(typed: String, meant: String?) {
    let words = ["status", "keys", "mappings", "reload"]
    #expect(Spelling.nearest(to: typed, among: words) == meant)
  }
}
