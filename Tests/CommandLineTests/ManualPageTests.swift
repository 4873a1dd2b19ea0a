import FoundationEssentials
import Testing

@testable import anyllmctl

@Suite struct `The manual page of anyllmctl` {
  private var text: String { ManualPage.text }

  @Test func `is the one in docs`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let kept = try String(
      contentsOf: root.appending(path: "docs/man/anyllmctl.1"), encoding: .utf8)
    #expect(kept == text, "renew it: anyllmctl __man > docs/man/anyllmctl.1")
  }

  @Test func `has every command that is not hidden`() {
    for command in CommandTable.commands {
      let heading = "\n.SS " + command.name.split(separator: "-").joined(separator: "\\-")
      #expect(text.contains(heading) == !command.isHidden, "\(command.name)")
    }
  }

  @Test func `has no line that roff would take for a request of its own`() {
    let known = [".TH", ".SH", ".SS", ".B", ".BR", ".TP", ".PP", ".nf", ".fi"]
    for line in text.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(known.contains(String(line.prefix { $0 != " " })), "\(line)")
    }
  }
}
