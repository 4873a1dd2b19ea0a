/// What the configuration of a test's house says.
struct HousePlan: Sendable {
  /// Lines at the root of the file.
  var root: [String] = []
  /// Further lines of `keys`.
  var keyLines: [String] = []
  /// Lines of `limits`.
  var limits: [String] = []
  /// Lines of both backends.
  var backend: [String] = []
  var retries = 0
  /// False when `root` says itself where to listen.
  var overridesListen = true
  /// Where both vendors are looked for instead.
  var vendorAddress: String?
  /// Backends that speak Responses, at the chat vendor's address.
  var responders: [String] = []

  /// Models whose names begin with `gpt-` or `claude-` keep their names; `mapped-` ones do not.
  func text(chat: String, claude: String) -> String {
    var lines = ["loops: 1"]
    if !root.contains(where: { $0.hasPrefix("ping_interval") }) {
      lines.append("ping_interval: 1h")
    }
    lines += root
    if !limits.isEmpty { lines += ["limits:"] + limits.map { "  " + $0 } }
    lines += ["keys:", "  - {name: tester, secret: \(House.key)}"] + keyLines
    lines.append("backends:")
    for (name, kind, address) in [("chat", "openai", chat), ("claude", "anthropic", claude)] {
      lines += ["  \(name):", "    kind: \(kind)", "    base_url: \(vendorAddress ?? address)"]
      lines += ["    api_key: \(House.vendorKey)", "    retries: \(retries)"]
      lines += backend.map { "    " + $0 }
    }
    for name in responders {
      lines += ["  \(name):", "    kind: openai", "    format: responses"]
      lines += ["    base_url: \(chat)", "    api_key: \(name)-\(House.vendorKey)"]
    }
    lines += ["default_backend: chat", "mappings:"]
    lines += responders.map { "  - \($0)-*: \($0)" }
    lines += ["  - gpt-*: chat", "  - claude-*: claude"]
    lines += ["  - mapped-gpt: chat:gpt-real", "  - mapped-claude: claude:claude-real"]
    return lines.joined(separator: "\n") + "\n"
  }
}
