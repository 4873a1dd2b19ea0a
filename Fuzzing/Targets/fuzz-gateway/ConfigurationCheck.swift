internal import FuzzSupport
@testable internal import Gateway

/// A configuration is either taken or refused with a reason.
enum ConfigurationCheck {
  static func file(_ bytes: [UInt8]) {
    load(["/c.yaml": bytes], ConfigurationFlags(configurationPath: "/c.yaml"))
  }

  static func environment(_ bytes: [UInt8]) {
    load(
      ["/e.env": bytes, "/c.yaml": Array("backends: {demo: {kind: demo}}".utf8)],
      ConfigurationFlags(configurationPath: "/c.yaml", environmentFile: "/e.env"))
  }

  private static func load(_ files: [String: [UInt8]], _ flags: ConfigurationFlags) {
    let loaded = ConfigurationLoader.load(
      ConfigurationInputs(
        flags: flags, environment: [:], workingDirectory: "/", homeDirectory: "/h",
        readFile: { path in files[path].map { .bytes($0) } ?? .missing },
        findLocalServers: { _ in [] }))
    promise(
      (loaded.settings == nil) == !loaded.problems.isEmpty, "neither taken nor refused")
    for problem in loaded.problems { promise(!problem.description.isEmpty, "no words") }
  }

  static func address(_ bytes: [UInt8]) {
    guard let url = try? BaseURL(bytes.shown) else { return }
    guard let again = try? BaseURL(url.plain) else {
      Breach.found("\(url.plain) is refused")
    }
    promise(again.plain == url.plain && again.port == url.port, "\(url.plain) is another")
    for kind in [Settings.Backend.Kind.openai, .anthropic] {
      let versioned = url.versioned(for: kind)
      promise(
        (try? BaseURL(versioned))?.versioned(for: kind) == versioned,
        "\(versioned) is versioned again")
    }
    _ = url.isLoopback
  }

  /// Two patterns and a name, a line each.
  static func pattern(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    // No name has a zero byte, on which the comparison of patterns relies.
    guard lines.count == 3, !bytes.contains(0) else { return }
    let (wide, narrow) = (ModelPattern(lines[0]), ModelPattern(lines[1]))
    if wide.covers(narrow), narrow.matches(lines[2]), !lines[1].contains("[") {
      promise(wide.matches(lines[2]), "\(wide) covers \(narrow) and not \(lines[2])")
    }
    _ = ModelPattern.withoutWindowSuffix(lines[2])
  }

  static func credential(_ bytes: [UInt8]) {
    _ = try? GoogleKeyFile(text: bytes.shown, called: "k")
  }
}
