import ControlPlane
import Testing

@testable import anyllm_tui

@Suite struct `Killing a stream` {
  private let first = "req_01KA7F3A9Q2M7f3a"

  @Test func `asks, and acts on y alone`() throws {
    var model = try DashboardFixture.model(80, 24)
    #expect(model.hit("X").isEmpty)
    #expect(model.screenText.contains("Kill stream 7f3a (ci-bot, claude-sonnet-4, 13.4s)?"))
    #expect(model.hit("y") == [.perform(.killRequest(first))])
    #expect(model.dialog == nil)
  }

  @Test(arguments: [Key.enter, "X"])
  func `Enter and the key that asked do nothing`(key: Key) throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit("X")
    #expect(model.hit(key).isEmpty)
    #expect(model.dialog != nil)
  }

  @Test(arguments: [Key.escape, "n", "q", "Y", " ", .control("c"), .down])
  func `any other key cancels and kills nothing`(key: Key) throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit("X")
    #expect(model.hit(key).isEmpty)
    #expect(model.dialog == nil)
  }

  @Test func `keys that were queued before the question are dropped`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.pass(1000)
    let effects = [Key.character("X"), "y", "y", .enter, "y"].flatMap { model.update(.key($0)) }
    #expect(effects.isEmpty)
    #expect(model.dialog != nil)
    #expect(model.hit("y") == [.perform(.killRequest(first))])
  }

  @Test func `the question stays on its stream when the selection would move`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit(.down, "X")
    var snapshot = try #require(model.snapshot)
    snapshot.streams.removeFirst()
    _ = model.update(.snapshot(snapshot))
    #expect(model.hit("y") == [.perform(.killRequest("req_01KA7F3B9Q2M7f3b"))])
  }

  @Test func `the question closes when its stream ends by itself`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit("X")
    var snapshot = try #require(model.snapshot)
    snapshot.streams.removeFirst()
    _ = model.update(.snapshot(snapshot))
    #expect(model.dialog == nil)
    #expect(model.screenText.contains("ended by itself"))
    #expect(model.hit("y").isEmpty)
  }

  @Test func `a read-only dashboard refuses and says why`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.isReadOnly = true
    #expect(model.hit("X").isEmpty)
    #expect(model.dialog == nil)
    #expect(model.screenText.contains("read-only"))
    #expect(model.screenText.contains("READONLY"))
  }

  @Test func `nothing is killed while another pane has the focus`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit(.tab, "X")
    #expect(model.dialog == nil)
    #expect(model.screenText.contains("no stream is selected"))
  }

  @Test func `works from the stream's detail`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit(.down, .enter, "X")
    #expect(model.hit("y") == [.perform(.killRequest("req_01KA7F3B9Q2M7f3b"))])
  }

  @Test func `the answer is shown, with the command that does the same`() throws {
    var model = try DashboardFixture.model(80, 24)
    _ = model.update(.answered(.killRequest(first), .success(.killed(first))))
    #expect(model.screenText.contains("anyllmctl requests kill \(first)"))
  }

  @Test func `a refusal stays until a key is pressed`() throws {
    var model = try DashboardFixture.model(80, 24)
    let failure = ControlFailure(.notFound, "no such request", hint: "it may have ended")
    _ = model.update(.answered(.killRequest(first), .failure(failure)))
    model.pass(60_000)
    #expect(model.screenText.contains("kill: no such request (it may have ended)"))
    model.hit(.down)
    #expect(!model.screenText.contains("no such request"))
  }
}

@Suite struct `Quitting` {
  @Test func `is immediate when nothing is in flight`() throws {
    var model = try DashboardFixture.model(80, 24) { $0.streams = [] }
    #expect(model.hit("q") == [.quitNow])
  }

  @Test(arguments: [
    (Key.character("d"), [Effect.drainAndQuit]), (.character("n"), [.quitNow]),
    (.character("h"), [.goHeadless]),
    (.escape, []), (.character("q"), []), (.enter, []),
  ])
  func `asks while streams are in flight`(key: Key, effects: [Effect]) throws {
    var model = try DashboardFixture.model(80, 24)
    #expect(model.hit("q").isEmpty)
    #expect(model.hit(key) == effects)
  }

  @Test func `a drain that is under way is not asked for twice`() throws {
    var model = try DashboardFixture.model(80, 24)
    _ = model.update(.drainBegan(graceMs: 30_000))
    model.hit("q")
    #expect(model.hit("d").isEmpty)
    model.hit("q")
    #expect(model.hit("n") == [.quitNow])
  }

  @Test func `Ctrl-C asks, then drains, then ends`() throws {
    var model = try DashboardFixture.model(80, 24)
    #expect(model.hit(.control("c")).isEmpty)
    #expect(model.dialog?.question == .quit)
    #expect(model.hit(.control("c")) == [.drainAndQuit])
    #expect(model.hit(.control("c")) == [.quitNow])
  }

  @Test func `Ctrl-C long after the first asks again`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit(.control("c"))
    model.hit(.escape)
    model.pass(10_000)
    #expect(model.hit(.control("c")).isEmpty)
    #expect(model.dialog?.question == .quit)
  }

  @Test func `q leaves a detail first, and Esc never quits`() throws {
    var model = try DashboardFixture.model(80, 24) { $0.streams.removeLast(5) }
    model.hit(.enter)
    #expect(model.detail != nil)
    #expect(model.hit("q").isEmpty)
    #expect(model.detail == nil)
    #expect(model.hit(.escape, .escape, .escape).isEmpty)
  }

  @Test func `suspending asks while streams are in flight`() throws {
    var model = try DashboardFixture.model(80, 24)
    #expect(model.hit(.control("z")).isEmpty)
    #expect(model.hit("s") == [.suspend])
    var idle = try DashboardFixture.model(80, 24) { $0.streams = [] }
    #expect(idle.hit(.control("z")) == [.suspend])
  }
}
