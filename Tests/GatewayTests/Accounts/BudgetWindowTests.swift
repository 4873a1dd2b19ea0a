import ControlPlane
import Testing

@testable import Gateway

@Suite struct `A budget's window` {
  /// Saturday, 2026-11-21T12:34:56Z.
  private static let now: Int64 = 1_795_264_496_000

  private static func text(_ milliseconds: Int64?) -> String? {
    milliseconds.map { CalendarTime.rfc3339(seconds: Int($0 / 1000)) }
  }

  @Test(arguments: [
    (BudgetPeriod.hour, "2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z"),
    (.day, "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
    (.week, "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"),
    (.month, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
  ])
  func `follows the calendar`(period: BudgetPeriod, start: String, end: String) {
    let window = BudgetWindow(period, at: Self.now)
    #expect(Self.text(window.startMs) == start && Self.text(window.endMs) == end)
    #expect(window.contains(window.startMs) && !window.contains(window.startMs - 1))
    #expect(window.endMs.map { window.contains($0 - 1) && !window.contains($0) } == true)
  }

  @Test func `ends a year with its last month`() throws {
    let december = try #require(CalendarTime.seconds(rfc3339: "2028-12-31T23:59:59Z"))
    let window = BudgetWindow(.month, at: Int64(december) * 1000)
    #expect(Self.text(window.endMs) == "2029-01-01T00:00:00Z")
    let february = try #require(CalendarTime.seconds(rfc3339: "2028-02-29T10:00:00Z"))
    let leap = BudgetWindow(.month, at: Int64(february) * 1000)
    #expect(Self.text(leap.endMs) == "2028-03-01T00:00:00Z")
  }

  @Test func `has no end for a lifetime`() {
    #expect(BudgetWindow(.lifetime, at: Self.now).endMs == nil)
  }
}
