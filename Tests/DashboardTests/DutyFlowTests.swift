import ControlPlane
import Testing

@testable import anyllm_tui

@Suite struct `Draining a backend` {
  private func change(
    _ duty: BackendDuty, of backend: String = "local-gpu0", isTrial: Bool = false
  ) -> ControlCommand {
    .routing(
      .setDuty(backend: backend, duty, reason: nil, ifGeneration: nil), isTrial: isTrial)
  }

  /// The backends' screen, with the first of them as an operator or its health left it.
  private func model(_ health: BackendHealth = .up) throws -> DashboardModel {
    var model = try DashboardFixture.model(80, 24) { $0.backends[0].health = health }
    model.hit("3")
    return model
  }

  @Test(arguments: [
    (Key.character("d"), BackendHealth.up, BackendDuty.draining), ("d", .draining, .serving),
    ("d", .off, .serving), ("d", .down, .draining), ("D", .up, .off), ("D", .draining, .off),
  ])
  func `asks, and acts on y alone`(key: Key, health: BackendHealth, duty: BackendDuty) throws {
    var model = try model(health)
    let asked = model.hit(key)
    #expect(asked == (duty == .serving ? [] : [.perform(change(duty, isTrial: true))]))
    #expect(model.screenText.contains("backend local-gpu0?"))
    #expect(model.hit(.enter, key).isEmpty)
    #expect(model.dialog != nil)
    #expect(model.hit("y") == [.perform(change(duty))])
    #expect(model.dialog == nil)
  }

  @Test(arguments: [Key.escape, "n", "q", "Y", " ", .control("c"), .down, "X"])
  func `any other key cancels and changes nothing`(key: Key) throws {
    var model = try model()
    model.hit("d")
    #expect(model.hit(key).isEmpty)
    #expect(model.dialog == nil)
  }

  @Test func `says beforehand what would lead nowhere`() throws {
    var model = try model()
    model.hit("d")
    let foresight = BackendChange(
      name: "local-gpu0", before: .serving, after: .draining, generation: 17, changed: true,
      inFlight: 2, orphans: ["mapping *haiku*"])
    let answer = ControlAnswer.routing(.backendChange(foresight))
    _ = model.update(.answered(change(.draining, isTrial: true), .success(answer)))
    #expect(model.screenText.contains("leads nowhere: mapping *haiku*"))
    #expect(model.hit("y") == [.perform(change(.draining))])
    _ = model.update(.answered(change(.draining), .success(answer)))
    #expect(model.screenText.contains("local-gpu0: draining, 2 in flight finish"))
  }

  @Test func `a foresight that fails or comes too late changes nothing`() throws {
    var model = try model()
    model.hit("d")
    let failure = ControlFailure(.unavailable, "not now")
    _ = model.update(.answered(change(.draining, isTrial: true), .failure(failure)))
    #expect(!model.screenText.contains("not now"))
    model.hit("n")
    let late = BackendChange(
      name: "local-gpu0", before: .serving, after: .draining, generation: 17, changed: true,
      inFlight: 0, orphans: ["mapping *"])
    _ = model.update(
      .answered(change(.draining, isTrial: true), .success(.routing(.backendChange(late)))))
    #expect(model.dialog == nil)
    #expect(!model.screenText.contains("mapping *"))
  }

  @Test func `a read-only dashboard refuses, and other panes have nothing to drain`() throws {
    var model = try model()
    model.isReadOnly = true
    #expect(model.hit("d", "D").isEmpty)
    #expect(model.dialog == nil)
    #expect(model.screenText.contains("read-only"))
    var other = try DashboardFixture.model(80, 24)
    #expect(other.hit("d").isEmpty)
    #expect(other.screenText.contains("no backend is selected"))
  }

  @Test func `the question closes when its backend is gone`() throws {
    var model = try model()
    model.hit("d")
    var snapshot = try #require(model.snapshot)
    snapshot.backends.removeFirst()
    _ = model.update(.snapshot(snapshot))
    #expect(model.dialog == nil)
    #expect(model.screenText.contains("local-gpu0 is gone"))
  }

  @Test func `works from the backend's detail, where the hint says what d does`() throws {
    var model = try model(.off)
    model.hit(.enter)
    #expect(model.screenText.contains("d enable"))
    model.hit("d")
    #expect(model.hit("y") == [.perform(change(.serving))])
  }

  @Test func `a refusal is shown under the command's name`() throws {
    var model = try model()
    let failure = ControlFailure(.conflict, "the configuration is of another generation")
    _ = model.update(.answered(change(.off), .failure(failure)))
    #expect(model.screenText.contains("disable: the configuration is of another generation"))
  }
}

@Suite struct `Money on the screen` {
  @Test(arguments: [
    (
      BudgetStanding(
        limitMicroDollars: 50_000_000, spentMicroDollars: 12_400_000, period: .month),
      "$12.40/$50 24%", Role.text
    ),
    (
      BudgetStanding(
        limitMicroDollars: 12_500_000, spentMicroDollars: 9_999_999, period: .day),
      "$10.00/$12.50 79%", .warn
    ),
    (
      BudgetStanding(
        limitMicroDollars: 1_000_000, spentMicroDollars: 500_000,
        reservedMicroDollars: 499_999, period: .day),
      "$0.5000/$1 99%", .bad
    ),
    (
      BudgetStanding(limitMicroDollars: 5_000_000, spentMicroDollars: 5_000_000, period: .lifetime),
      "$5.00/$5 OVER", .bad
    ),
    (
      BudgetStanding(limitMicroDollars: 50_000, spentMicroDollars: 31_100, period: .day),
      "$0.0311/$0.05 62%", .text
    ),
    (
      BudgetStanding(limitMicroDollars: 0, spentMicroDollars: 0, period: .hour),
      "$0/$0 OVER", .bad
    ),
    (
      BudgetStanding(limitMicroDollars: 1, spentMicroDollars: .max, period: .hour),
      "$9.2T/<$0.0001 OVER", .bad
    ),
  ])
  func `a budget is a gauge in words`(budget: BudgetStanding, text: String, role: Role) {
    #expect(budget.gauge == text)
    #expect(budget.role == role)
  }

  @Test func `the budget nearest to its end is the one that a key shows`() throws {
    var model = try DashboardFixture.model(80, 24)
    model.hit("6")
    #expect(model.screenText.contains("$12.40/$50 25%"))
    model.hit(.enter)
    #expect(model.screenText.contains("$0.9000/$5 18% in any day for claude-opus-*"))
  }

  @Test func `the status bar says nothing of money until some is spent`() throws {
    let model = try DashboardFixture.model(80, 24) { $0.totals.costMicroDollars = 0 }
    #expect(!model.screenText.split(separator: "\n")[0].contains("$"))
  }

  @Test func `an address with its scheme is as short as one without`() throws {
    let model = try DashboardFixture.model(80, 24) {
      $0.listening = ["unix:/run/a.sock", "http://127.0.0.1:4000"]
    }
    #expect(model.screenText.contains("SERVING  :4000  "))
  }
}
