import Testing

@testable import Gateway
@testable import Storage

@Suite struct `A mapping overlay` {
  private let file = [
    MappingRule(pattern: ModelPattern("claude-*"), backend: "a", model: "one", source: .file),
    MappingRule(pattern: ModelPattern("*"), backend: "b", source: .file),
  ]

  private func shown(_ overlay: MappingOverlay) -> [String] {
    overlay.applied(to: file, defaultBackend: "b").map { "\($0.pattern.text)=\($0.target)" }
  }

  @Test func `replaces a rule in its place`() {
    var overlay = MappingOverlay()
    overlay.set("claude-*", to: "b:two", among: file)
    #expect(shown(overlay) == ["claude-*=b:two", "*=b"])
  }

  @Test func `puts new rules before those of the file, the newest first`() {
    var overlay = MappingOverlay()
    overlay.set("gpt-*", to: "a", among: file)
    overlay.set("claude-opus*", to: "a:big", among: file)
    #expect(shown(overlay) == ["claude-opus*=a:big", "gpt-*=a", "claude-*=a:one", "*=b"])
  }

  @Test func `hides a rule of the file and brings it back`() {
    var overlay = MappingOverlay()
    overlay.set("claude-*", to: nil, among: file)
    #expect(shown(overlay) == ["*=b"])
    overlay.set("claude-*", to: "a:one", among: file)
    #expect(shown(overlay) == ["claude-*=a:one", "*=b"])
    #expect(overlay.entries.isEmpty)
  }

  @Test func `forgets a rule of its own that is unset`() {
    var overlay = MappingOverlay()
    overlay.set("gpt-*", to: "a", among: file)
    overlay.set("gpt-*", to: nil, among: file)
    #expect(overlay.entries.isEmpty)
  }

  @Test func `survives being stored`() {
    var overlay = MappingOverlay()
    overlay.set("gpt-*", to: "a", among: file)
    overlay.set("claude-*", to: nil, among: file)
    #expect(MappingOverlay(overlay.stored) == overlay)
  }

  @Test func `marks its rules as made while running`() {
    var overlay = MappingOverlay()
    overlay.set("gpt-*", to: "a", among: file)
    #expect(
      overlay.applied(to: file, defaultBackend: "b").map(\.source) == [.runtime, .file, .file])
  }
}
