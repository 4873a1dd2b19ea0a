import ControlPlane
import Testing

@testable import anyllmctl

@Suite struct `A table` {
  private let table = Table(
    columns: [
      .flexible("NAME", 1), .word("STATE", 1), .number("IN", 3), .number("OUT", 2),
      .word("NOTE", 4),
    ],
    rows: [
      [Cell("alpha"), Cell("UP", tone: .good), Cell("12"), Cell("3"), Cell("first")],
      [Cell("a-rather-long-name"), Cell("DOWN"), Cell("4"), Cell("5678"), Cell("")],
    ])

  @Test func `is whole without a width`() {
    #expect(
      table.lines(width: nil, hasHeader: true, isColoured: false) == [
        "NAME                STATE  IN   OUT  NOTE",
        "alpha               UP     12     3  first",
        "a-rather-long-name  DOWN    4  5678  -",
      ])
  }

  @Test func `cuts its flexible column first, then drops the least columns`() {
    #expect(
      table.lines(width: 36, hasHeader: true, isColoured: false) == [
        "NAME          STATE  IN   OUT  NOTE",
        "alpha         UP     12     3  first",
        "a-rather-lo…  DOWN    4  5678  -",
      ])
    #expect(
      table.lines(width: 22, hasHeader: false, isColoured: false) == [
        "alpha      UP        3", "a-rather…  DOWN   5678",
      ])
    #expect(
      table.lines(width: 10, hasHeader: false, isColoured: false) == ["alp…  UP", "a-r…  DOWN"])
  }

  @Test(arguments: 4...60)
  func `fits any width`(width: Int) {
    for line in table.lines(width: width, hasHeader: true, isColoured: false) {
      #expect(PlainText.width(of: line) <= width, "\(line)")
      #expect(!line.hasSuffix(" "))
    }
  }

  @Test func `counts cells, not characters`() {
    let wide = Table(
      columns: [.word("A", 1), .word("B", 1)],
      rows: [[Cell("日本"), Cell("x")], [Cell("ab"), Cell("y")]])
    #expect(
      wide.lines(width: nil, hasHeader: false, isColoured: false) == ["日本  x", "ab    y"])
  }

  @Test func `has colour around words only`() {
    let lines = table.lines(width: nil, hasHeader: false, isColoured: true)
    #expect(lines[0].contains("  \u{1B}[32mUP\u{1B}[0m     12"))
    #expect(!lines[1].contains("\u{1B}"))
  }

  @Test func `escapes what would break tab-separated lines`() {
    let odd = Table(
      columns: [.word("A", 1), .word("B", 1)], rows: [[Cell("t\tn\n\\"), Cell("", value: "")]])
    #expect(odd.separatedLines(hasHeader: true) == ["A\tB", "t\\tn\\n\\\\\t"])
  }
}

@Suite struct `A watch` {
  @Test func `tells additions, changes and removals`() {
    let before: [String: [UInt8]] = ["a": [1], "b": [2], "c": [3]]
    let now: [String: [UInt8]] = ["b": [2], "c": [4], "d": [5]]
    #expect(
      Watch.changes(from: before, to: now, order: ["d", "c", "b"]) == [
        .init(event: "added", object: [5]), .init(event: "modified", object: [4]),
        .init(event: "removed", object: [1]),
      ])
  }

  @Test func `writes only changes into a pipe`() throws {
    let gateway = try ScriptedGateway()
    let run = ProgramRun(
      ["keys", "list", "--watch"], socket: gateway.socket,
      .init(
        patience: 3,
        whileWaiting: { count in
          if count == 2 { gateway.change { $0.keys[0].requests += 1 } }
          if count == 3 { gateway.change { $0.keys.removeAll() } }
        }))
    #expect(run.exit == .done)
    #expect(
      run.lines.map { $0.prefix(26) }
        == [
          "{\"event\":\"added\",\"object\":{", "{\"event\":\"modified\",\"object\"",
          "{\"event\":\"removed\",\"object\":",
        ].map { $0.prefix(26) })
    #expect(!run.out.contains("\u{1B}"))
  }

  @Test func `paints a terminal in place`() throws {
    let gateway = try ScriptedGateway()
    let run = ProgramRun(
      ["status", "-w"], socket: gateway.socket, .init(isTerminal: true, patience: 1))
    let frames = run.out.split(separator: "\u{1B}[H")
    #expect(frames.count == 3)
    #expect(frames[1].contains("every 2.0s"))
    #expect(frames[1].contains("\u{1B}[J"))
  }
}
