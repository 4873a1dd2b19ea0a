import ControlPlane
import Testing

@testable import anyllm_tui

@Suite struct `The model` {
  @Test func `keeps the selection on its stream when rows come and go`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit(.down, .down)
    let id = model.lists[.streams]?.selectedID
    var snapshot = try #require(model.snapshot)
    snapshot.streams.removeFirst(2)
    _ = model.update(.snapshot(snapshot))
    #expect(model.lists[.streams]?.selectedID == id)
    #expect(model.lists[.streams]?.selectedIndex == 0)
  }

  @Test func `takes the neighbour when the selected row is gone`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit(.end)
    var snapshot = try #require(model.snapshot)
    snapshot.streams.removeLast(3)
    _ = model.update(.snapshot(snapshot))
    #expect(model.lists[.streams]?.selectedID == snapshot.streams.last?.id)
  }

  @Test func `a pause holds the picture while data flows on`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit(" ")
    let held = model.screenText
    var snapshot = try #require(model.snapshot)
    snapshot.streams.removeAll()
    _ = model.update(.snapshot(snapshot))
    #expect(model.screenText == held)
    #expect(held.contains("PAUSED"))
    model.hit(" ")
    #expect(model.screenText.contains("no stream in flight"))
  }

  @Test func `a list in a chosen order is sorted at most once a second`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit(">", ">", ">", ">", ">", ">", ">", ">")
    let column = try #require(model.lists[.streams]?.sort?.column)
    #expect(column == "TOK/S")
    model.pass(2000)
    var snapshot = try #require(model.snapshot)
    _ = model.update(.snapshot(snapshot))
    let before = model.lists[.streams]?.rows
    for index in snapshot.streams.indices {
      snapshot.streams[index].tokensPerSecond = Double(100 - index)
    }
    _ = model.update(.snapshot(snapshot))
    #expect(model.lists[.streams]?.rows == before)
    model.pass(1000)
    _ = model.update(.snapshot(snapshot))
    #expect(model.lists[.streams]?.rows == snapshot.streams.map(\.id).reversed())
  }

  @Test func `backends in trouble come first when not all fit`() throws {
    var model = try DashboardFixture.model(80, 24)
    #expect(model.lists[.backends]?.rows.last == "deepseek")
    var snapshot = try #require(model.snapshot)
    for index in 0..<8 {
      var more = snapshot.backends[0]
      more.name = "more-\(index)"
      snapshot.backends.insert(more, at: 0)
    }
    _ = model.update(.snapshot(snapshot))
    #expect(model.lists[.backends]?.rows.prefix(2) == ["deepseek", "openai"])
    #expect(model.screenText.contains("Backends  12 (1 down, 1 degraded)"))
  }

  @Test func `a filter follows every letter and can be switched off and on`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit("/", "g", "p", "t", "-")
    #expect(model.lists[.streams]?.rows.count == 2)
    model.hit(.enter, "\\")
    #expect(model.lists[.streams]?.rows.count == 6)
    model.hit("\\")
    #expect(model.lists[.streams]?.rows.count == 2)
    model.hit("/", .control("u"), "!", "g", "p", "t", .enter)
    #expect(model.lists[.streams]?.rows.count == 4)
  }

  @Test func `Esc drops what was typed into the filter`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit("/", "z", "z", "z")
    #expect(model.lists[.streams]?.rows.isEmpty == true)
    model.hit(.escape)
    #expect(model.lists[.streams]?.rows.count == 6)
  }

  @Test func `a paste is no command`() throws {
    var model = try DashboardFixture.model(80, 24)
    let effects = model.hit(.pasteBegin, "q", "X", "y", "n", .pasteEnd)
    #expect(effects.isEmpty)
    #expect(model.dialog == nil)
    #expect(model.screenText.contains("a paste is no command"))
  }

  @Test func `a paste into the filter is text`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit("/", .pasteBegin, "q", "w", "e", "n", .pasteEnd)
    #expect(model.prompt?.text == "qwen")
  }

  @Test func `selection, filter and dialog survive a resize`() throws {
    var model = try DashboardFixture.model(200, 60)
    model.hit(.down, .down, "X")
    _ = model.update(.resized(Size(width: 40, height: 10)))
    #expect(model.dialog != nil)
    #expect(model.screenText.contains("Kill stream 7f3c"))
    model.hit(.escape)
    #expect(model.lists[.streams]?.selectedIndex == 2)
    #expect(model.screenText.contains(">7f3c"))
  }

  @Test func `the focus falls back when its pane has no room`() throws {
    var model = try DashboardFixture.model(200, 60)
    model.hit(.tab)
    #expect(model.focusedPane == .errors)
    _ = model.update(.resized(Size(width: 60, height: 16)))
    #expect(model.focusedPane == .streams)
    _ = model.update(.resized(Size(width: 200, height: 60)))
    #expect(model.focusedPane == .errors)
  }

  @Test func `screens ask for their lists, and again when these are old`() throws {
    var model = try DashboardFixture.model(80, 24)
    #expect(model.hit("6") == [.perform(.listKeys)])
    var later = model.now
    later.monotonicMs += 500
    #expect(model.update(.clock(later)).isEmpty)
    later.monotonicMs += 2000
    #expect(model.update(.clock(later)) == [.perform(.listKeys)])
    let routes = ControlCommand.routing(.listRoutes, isTrial: false)
    #expect(model.hit("7") == [.perform(.listMappings), .perform(routes)])
    #expect(model.hit("1").isEmpty)
  }

  @Test func `an unknown key says where the help is`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit("ß")
    #expect(model.screenText.contains("? is help"))
  }

  @Test func `a new notice is shown for four seconds`() throws {
    var model = try DashboardFixture.model(80, 24)
    var snapshot = try #require(model.snapshot)
    snapshot.notices.append("OPENAI_API_KEY found")
    _ = model.update(.snapshot(snapshot))
    #expect(model.screenText.contains("OPENAI_API_KEY found"))
    model.pass(4000)
    #expect(!model.screenText.contains("OPENAI_API_KEY found"))
  }

  @Test func `rates are sampled once a second and forgotten with their stream`() throws {
    var model = try DashboardFixture.model(80, 24)
    var snapshot = try #require(model.snapshot)
    let id = snapshot.streams[0].id
    let before = try #require(model.trails[id]?.samples)
    snapshot.takenAtMs += 500
    _ = model.update(.snapshot(snapshot))
    #expect(model.trails[id]?.samples == before)
    snapshot.takenAtMs += 500
    snapshot.streams[0].tokensPerSecond = 77
    _ = model.update(.snapshot(snapshot))
    #expect(model.trails[id]?.samples.last == 77)
    #expect(model.trails[id]?.samples.count == RateTrail.length)
    snapshot.streams = []
    _ = model.update(.snapshot(snapshot))
    #expect(model.trails.isEmpty)
  }

  @Test func `an axis rises at once and falls after a minute`() {
    var scale = Scale()
    scale.show(peak: 412, at: 0)
    #expect(scale.maximum == 500)
    scale.show(peak: 30, at: 1000)
    scale.show(peak: 30, at: 60_000)
    #expect(scale.maximum == 500)
    scale.show(peak: 30, at: 61_000)
    #expect(scale.maximum == 50)
  }
}

@Suite struct `The key registry` {
  @Test func `gives no key to two bindings`() {
    let keys = KeyRegistry.all.flatMap(\.keys)
    #expect(Set(keys).count == keys.count)
  }

  @Test func `has every action once, with help`() {
    #expect(Set(KeyRegistry.all.map(\.action)) == Set(Action.allCases))
    #expect(KeyRegistry.all.count == Action.allCases.count)
    #expect(KeyRegistry.all.allSatisfy { !$0.help.isEmpty && !$0.keys.isEmpty })
  }

  @Test func `help fits a terminal of eighty columns`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit("?")
    var seen = model.screenText
    model.hit(.end)
    seen += model.screenText
    #expect(!seen.contains("…"))
    #expect(seen.contains("anyllmctl requests kill ID"))
  }
}
