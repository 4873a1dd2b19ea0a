import FoundationEssentials
import Testing

@testable import anyllm_tui

@Suite struct `The manual page of anyllm-tui` {
  @Test func `is the one in docs`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let kept = try String(
      contentsOf: root.appending(path: "docs/man/anyllm-tui.1"), encoding: .utf8)
    #expect(
      kept == ManualPage.text, "renew it: anyllm-tui --print-manual > docs/man/anyllm-tui.1")
  }
}
