import ControlPlane
import FoundationEssentials

@testable import anyllm_tui

/// The recorded gateway that these tests and the tests in a real terminal look at.
enum DashboardFixture {
  static let testsDirectory = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
  static let path = testsDirectory.appending(path: "Terminal/fixture.json").path

  static func load() throws -> Fixture { try Fixture(path: path) }

  /// 2026-11-21, 12:04:33.
  static let now = Moment(monotonicMs: 1_000_000, wallMs: 1_795_262_673_000)

  static func model(
    _ width: Int, _ height: Int, glyphs: Glyphs = .unicode,
    change: (inout LiveSnapshot) -> Void = { _ in }
  ) throws -> DashboardModel {
    let fixture = try load()
    var model = DashboardModel(
      size: Size(width: width, height: height), glyphs: glyphs, now: now)
    model.recall(fixture)
    var snapshot = fixture.snapshot
    change(&snapshot)
    _ = model.update(.snapshot(snapshot))
    _ = model.update(.answered(.listKeys, .success(.keys(fixture.keys ?? []))))
    if let mappings = fixture.mappings {
      _ = model.update(.answered(.listMappings, .success(.mappings(mappings))))
    }
    let listRoutes = ControlCommand.routing(.listRoutes, isTrial: false)
    _ = model.update(.answered(listRoutes, .success(.routing(.routes(fixture.routes ?? [])))))
    _ = model.update(
      .answered(
        .listRequests(limit: 200, before: nil), .success(.requests(fixture.requests ?? []))))
    return model
  }
}

extension DashboardModel {
  /// Presses keys one after another, with time between them.
  @discardableResult
  mutating func hit(_ keys: Key..., after milliseconds: Int64 = 200) -> [Effect] {
    keys.flatMap { key in
      pass(milliseconds)
      return update(.key(key))
    }
  }

  mutating func pass(_ milliseconds: Int64) {
    var later = now
    later.monotonicMs += milliseconds
    _ = update(.clock(later))
  }

  var screenText: String { DashboardView.draw(self).lines.joined(separator: "\n") }
}

extension Key: ExpressibleByUnicodeScalarLiteral {
  init(unicodeScalarLiteral scalar: Unicode.Scalar) { self = .character(scalar) }
}
