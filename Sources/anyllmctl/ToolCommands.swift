import ControlPlane

extension [CommandSpec] {
  static let tools = [
    CommandSpec(
      path: ["doctor"], summary: "check the way to the gateway and what it needs",
      examples: [
        Example("anyllmctl doctor"),
        Example("anyllmctl doctor --json | jq '.[] | select(.result != \"ok\")'"),
      ],
      exits: [.checkFailed], seeAlso: ["status", "help socket"], needsGateway: false,
      run: { _, session in Doctor(session).report() }),
    CommandSpec(
      path: ["curl"], summary: "print the curl line for a path of the control plane",
      discussion: "PATH is what stands after /admin/v1/. Words after -- go to curl as they are.",
      examples: [
        Example("anyllmctl curl backends"),
        Example("sh -c \"$(anyllmctl curl 'requests?limit=5')\"", "runs it"),
        Example("anyllmctl curl config/reload -- -X POST"),
      ],
      arguments: [
        ArgumentSpec(name: "PATH"), ArgumentSpec(name: "CURL-ARG", isOptional: true, repeats: true),
      ],
      seeAlso: ["help socket"], run: ToolCommands.curl),
    CommandSpec(
      path: ["completion"], summary: "print the completion script of a shell",
      discussion: "Write the script where the shell looks for it:\n"
        + "  bash  ~/.local/share/bash-completion/completions/anyllmctl\n"
        + "  zsh   ${fpath[1]}/_anyllmctl\n"
        + "  fish  ~/.config/fish/completions/anyllmctl.fish",
      examples: [
        Example("anyllmctl completion fish > ~/.config/fish/completions/anyllmctl.fish"),
        Example("source <(anyllmctl completion bash)", "for this shell only"),
      ],
      arguments: [ArgumentSpec(name: "SHELL", values: .fixed(CompletionScript.shells))],
      exits: [.invalid], needsGateway: false, run: ToolCommands.completion),
    CommandSpec(
      path: ["version"], summary: "the versions of this program and of the gateway",
      examples: [Example("anyllmctl version"), Example("anyllmctl version --json")],
      exits: [.done], needsGateway: false, run: ToolCommands.version),
    CommandSpec(
      path: ["help"], summary: "help on a command or a topic",
      discussion: "Topics: \(HelpTopics.names.joined(separator: ", ")).",
      examples: [Example("anyllmctl help keys add"), Example("anyllmctl help exit-codes")],
      arguments: [
        ArgumentSpec(
          name: "TOPIC", isOptional: true, repeats: true, values: .fixed(HelpTopics.names))
      ],
      exits: [.done], needsGateway: false, run: ToolCommands.help),
    CommandSpec(
      path: ["__man"], summary: "the manual page", examples: [], isHidden: true,
      needsGateway: false,
      run: { _, _ in
        .change(
          ["text": ManualPage.text], name: "anyllmctl",
          ToolCommands.lines(String(ManualPage.text.dropLast())))
      }),
    CommandSpec(
      path: ["__values"], summary: "names for completion", examples: [],
      arguments: [ArgumentSpec(name: "KIND")], isHidden: true, needsGateway: false,
      run: ToolCommands.values),
  ]
}

/// What the commands that stand alone do.
enum ToolCommands {
  static func curl(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    var path = invocation.words[0]
    for prefix in [ControlRoutes.base, "/"] where path.hasPrefix(prefix) {
      path = String(path.dropFirst(prefix.count))
    }
    let socket = try session.findSocket()
    var notes: [String] = []
    let bare = String(path.prefix { $0 != "?" })
    let parsed = ControlRoutes.parse(method: "GET", path: "\(ControlRoutes.base)/\(bare)")
    if case .failure(let failure) = parsed, failure.code == .unknownEndpoint {
      notes.append("note: \(failure.message). \(failure.hint)")
    }
    let words =
      ["curl", "--silent", "--show-error", "--unix-socket", socket]
      + invocation.words.dropFirst() + ["http://anyllm\(ControlRoutes.base)/\(path)"]
    let line = words.map(Shell.quoted).joined(separator: " ")
    return .change(["line": line], name: line, [line], notes: notes)
  }

  static func completion(_ invocation: Invocation, _ session: Session) throws(CommandFailure)
    -> Report
  {
    let shell = invocation.words[0]
    guard let script = CompletionScript.text(for: shell) else {
      throw CommandFailure.badValue(
        "no completion for `\(PlainText.cleaned(shell))`",
        hint: "One of: \(CompletionScript.shells.joined(separator: ", ")).")
    }
    return .change(
      ["shell": shell, "script": script], name: shell,
      script.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }

  static func version(_ invocation: Invocation, _ session: Session) -> Report {
    struct Versions: Encodable {
      var version: String
      var api: ControlAPI
      var gateway: ServerSummary?
    }
    // A version is asked for when something is wrong; no gateway is an answer, not a failure.
    let gateway = try? session.client().server()
    let versions = Versions(version: Release.version, api: .current, gateway: gateway)
    let theirs = gateway.map { "\($0.version) (API \($0.api), \($0.state.rawValue))" }
    return .details(
      versions, name: Release.version,
      [
        ("anyllmctl", Cell("\(Release.version) (API \(ControlAPI.current))")),
        ("gateway", Cell(theirs ?? "not running")),
      ])
  }

  static func help(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let text = try HelpText.text(for: invocation.words)
    return .change(["text": text], name: invocation.words.joined(separator: " "), lines(text))
  }

  /// Names that a completion script offers; whatever goes wrong, nothing is said.
  static func values(_ invocation: Invocation, _ session: Session) -> Report {
    var quick = session
    quick.options.timeoutMilliseconds = 150
    let names = (try? names(invocation.words[0], quick)) ?? []
    return Report(face: .lines(names), payload: .list([]), names: names)
  }

  private static func names(_ kind: String, _ session: Session) throws(CommandFailure) -> [String] {
    switch kind {
    case "keys":
      return try session.ask(.listKeys) { answer in
        if case .keys(let keys) = answer { keys.map(\.name) } else { nil }
      }
    case "mappings":
      return try session.ask(.listMappings) { answer in
        if case .mappings(let list) = answer { list.mappings.map(\.pattern) } else { nil }
      }
    case "backends":
      return try session.ask(.listBackends) { answer in
        if case .backends(let backends) = answer { backends.map(\.name) } else { nil }
      }
    case "requests":
      return try session.ask(.status) { answer in
        if case .status(let snapshot) = answer {
          snapshot.streams.filter { ![.done, .failed, .cancelled].contains($0.state) }.map(\.id)
        } else {
          nil
        }
      }
    default: return []
    }
  }

  static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
