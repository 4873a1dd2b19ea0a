import ControlPlane
import FoundationEssentials
import Testing

@testable import anyllm_tui

/// One screen that has to look exactly as recorded.
struct RecordedScreen: CustomTestStringConvertible, Sendable {
  let name: String
  let width: Int
  let height: Int
  var glyphs = Glyphs.unicode
  var keys: [Key] = []

  var testDescription: String { name }

  var url: URL {
    DashboardFixture.testsDirectory.appending(path: "Terminal/Screens/\(name).txt")
  }

  static let all = overviews + lists + singles

  static let overviews: [RecordedScreen] =
    [(200, 60), (120, 40), (80, 24), (60, 16), (40, 10), (30, 3), (1, 1)].flatMap { width, height in
      [
        RecordedScreen(name: "overview-\(width)x\(height)", width: width, height: height),
        RecordedScreen(
          name: "overview-\(width)x\(height)-ascii", width: width, height: height, glyphs: .ascii),
      ]
    }

  static let lists: [RecordedScreen] =
    [("backends", Key.character("3")), ("requests", "4"), ("keys", "6"), ("mappings", "7")]
    .flatMap { name, key in
      [
        RecordedScreen(name: "\(name)-200x60", width: 200, height: 60, keys: [key]),
        RecordedScreen(
          name: "\(name)-40x10-ascii", width: 40, height: 10, glyphs: .ascii, keys: [key]),
      ]
    }

  static let singles: [RecordedScreen] = [
    RecordedScreen(name: "overview-120x40-console", width: 120, height: 40, glyphs: .console),
    RecordedScreen(name: "streams-200x60", width: 200, height: 60, keys: ["2"]),
    RecordedScreen(name: "streams-80x24", width: 80, height: 24, keys: ["2", .down]),
    RecordedScreen(name: "stream-80x24", width: 80, height: 24, keys: [.down, .enter]),
    RecordedScreen(name: "backends-80x24", width: 80, height: 24, keys: ["3"]),
    RecordedScreen(name: "requests-80x24", width: 80, height: 24, keys: ["4"]),
    RecordedScreen(name: "errors-80x24", width: 80, height: 24, keys: ["5"]),
    RecordedScreen(name: "keys-80x24", width: 80, height: 24, keys: ["6"]),
    RecordedScreen(name: "mappings-80x24", width: 80, height: 24, keys: ["7"]),
    RecordedScreen(name: "notices-80x24", width: 80, height: 24, keys: ["8"]),
    RecordedScreen(name: "help-80x24", width: 80, height: 24, keys: ["?"]),
    RecordedScreen(name: "help-200x60", width: 200, height: 60, keys: ["?"]),
    RecordedScreen(name: "kill-80x24", width: 80, height: 24, keys: ["X"]),
    RecordedScreen(name: "kill-40x10-ascii", width: 40, height: 10, glyphs: .ascii, keys: ["X"]),
    RecordedScreen(name: "quit-80x24", width: 80, height: 24, keys: ["q"]),
    RecordedScreen(
      name: "filter-80x24", width: 80, height: 24, keys: ["/", "g", "p", "t"]),
    RecordedScreen(name: "drain-80x24", width: 80, height: 24, keys: ["3", "d"]),
    RecordedScreen(
      name: "drain-40x10-ascii", width: 40, height: 10, glyphs: .ascii, keys: ["3", "d"]),
    RecordedScreen(
      name: "backend-80x24", width: 80, height: 24, keys: ["3", .end, .enter]),
    RecordedScreen(name: "request-80x24", width: 80, height: 24, keys: ["4", .enter]),
    RecordedScreen(name: "key-80x24", width: 80, height: 24, keys: ["6", .enter]),
    RecordedScreen(
      name: "mapping-80x24", width: 80, height: 24, keys: ["7", .down, .down, .down, .enter]),
    RecordedScreen(name: "zoom-120x40", width: 120, height: 40, keys: [.tab, "z"]),
  ]
}

@Suite struct `A screen` {
  /// Set ANYLLM_RECORD_SCREENS to write what is drawn instead of comparing it.
  @Test(arguments: RecordedScreen.all)
  func `looks as it was recorded`(screen: RecordedScreen) throws {
    var model = try DashboardFixture.model(screen.width, screen.height, glyphs: screen.glyphs)
    for key in screen.keys { model.hit(key) }
    let drawn = model.screenText + "\n"
    if ProcessInfo.processInfo.environment["ANYLLM_RECORD_SCREENS"] != nil {
      try Data(drawn.utf8).write(to: screen.url)
      return
    }
    let recorded = String(decoding: try Data(contentsOf: screen.url), as: UTF8.self)
    #expect(drawn == recorded)
  }

  @Test(arguments: RecordedScreen.all.filter { $0.glyphs.isASCII })
  func `keeps to ASCII when it must`(screen: RecordedScreen) throws {
    var model = try DashboardFixture.model(screen.width, screen.height, glyphs: .ascii) {
      $0.streams[0].modelRequested = "模型-é-😀"
      $0.errors[0].message = "naïve ✓ 错误"
    }
    for key in screen.keys { model.hit(key) }
    #expect(model.screenText.unicodeScalars.allSatisfy { $0.isASCII })
  }

  @Test func `says by words what colours say`() throws {
    let text = try DashboardFixture.model(80, 24).screenText
    for word in ["SERVING", "UP", "DEGR", "DOWN", "STREAM", "STALL", "WAIT", "CONN"] {
      #expect(text.contains(word), "\(word) is missing")
    }
  }

  @Test func `marks the selected row in the focused pane only`() throws {
    let grid = DashboardView.draw(try DashboardFixture.model(80, 24))
    let marked = grid.lines.filter { $0.hasPrefix(">") }
    #expect(marked.count == 1)
    #expect(marked.first?.contains("7f3a") == true)
    let y = try #require(grid.lines.firstIndex { $0.hasPrefix(">") })
    #expect((0..<80).allSatisfy { grid[$0, y].style.isSelected })
  }

  @Test func `gives each state its role`() throws {
    let grid = DashboardView.draw(try DashboardFixture.model(80, 24))
    func role(of word: String, onLineWith other: String) throws -> Role {
      let y = try #require(grid.lines.firstIndex { $0.contains(word) && $0.contains(other) })
      let line = Array(grid.lines[y].unicodeScalars)
      let letters = Array(word.unicodeScalars)
      let x = try #require(
        line.indices.first { line[$0...].starts(with: letters) && line[$0] == letters[0] })
      return grid[x, y].style.role
    }
    #expect(try role(of: "UP", onLineWith: "anthropic") == .ok)
    #expect(try role(of: "DEGR", onLineWith: "openai") == .warn)
    #expect(try role(of: "DOWN", onLineWith: "deepseek") == .bad)
    #expect(try role(of: "STALL", onLineWith: "7f3e") == .warn)
    #expect(try role(of: "SERVING", onLineWith: ":3000") == .ok)
  }

  @Test func `can be told apart in mono wherever state is shown`() {
    #expect(Theme.mono[.bad] != Theme.mono[.text])
    #expect(Theme.mono[.warn] != Theme.mono[.text])
    #expect(Role.allCases.allSatisfy { Theme.mono[$0].colour == nil })
  }

  @Test func `never paints blue, black or white letters`() {
    for role in Role.allCases {
      #expect(![0, 4, 7].contains(Theme.colours[role].colour ?? -1))
    }
  }
}

@Suite struct `Before the gateway has started` {
  @Test(arguments: [(200, 60), (80, 24), (40, 10), (5, 1)])
  func `the screen says so`(width: Int, height: Int) {
    let model = DashboardModel(
      size: Size(width: width, height: height), now: DashboardFixture.now)
    #expect(model.screenText.uppercased().contains("STAR"))
  }

  @Test func `an idle gateway says how to send the first request`() throws {
    let model = try DashboardFixture.model(80, 24) {
      $0.streams = []
      $0.totals.requests = 0
    }
    #expect(model.screenText.contains("ANTHROPIC_BASE_URL=http://127.0.0.1:3000"))
    #expect(model.screenText.contains("recovered 3 requests"))
  }
}
