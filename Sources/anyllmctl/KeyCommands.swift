import ControlPlane

extension [CommandSpec] {
  static let keys = [
    CommandSpec(
      path: ["keys", "add"], summary: "make a key for clients",
      discussion: "The key is printed once, alone on standard output, and never kept.",
      examples: [
        Example("anyllmctl keys add ci --expires 90d"),
        Example("KEY=$(anyllmctl keys add tmp --expires 1h -q)", "just the key"),
        Example("anyllmctl keys add old-client --stdin < key.txt", "bring your own"),
      ],
      arguments: [ArgumentSpec(name: "NAME")],
      flags: [
        FlagSpec(
          "expires", value: .required("T"), "12h, 30d, 2027-01-31 or never (default: never)"),
        FlagSpec("note", value: .required("TEXT"), "free text that lists show"),
        FlagSpec("stdin", "read the key from standard input instead of generating one"),
      ],
      exits: [.noGateway, .conflict, .invalid], seeAlso: ["keys list", "keys revoke"],
      run: KeyCommands.add),
    CommandSpec(
      path: ["keys", "list"], summary: "the keys and what they used",
      examples: [
        Example("anyllmctl keys list"),
        Example("anyllmctl keys list --state all -o tsv"),
      ],
      flags: [
        FlagSpec(
          "state", value: .required("STATE"), choices: ["active", "expired", "revoked", "all"],
          "active, expired, revoked or all (default: active)"),
        CommandTable.watch,
      ],
      exits: [.noGateway, .invalid], seeAlso: ["keys show"], run: KeyCommands.list),
    CommandSpec(
      path: ["keys", "show"], summary: "everything about one key, except the key",
      examples: [
        Example("anyllmctl keys show ci"), Example("anyllmctl keys show sk-vk3fA --json"),
      ],
      arguments: [ArgumentSpec(name: "ID", values: .keys)],
      exits: [.noGateway, .notFound], seeAlso: ["keys list"], run: KeyCommands.show),
    CommandSpec(
      path: ["keys", "revoke"], summary: "refuse a key from its next request on",
      discussion:
        "ID is a name, a number or the first characters of the key, if one key fits.\n"
        + "The key's name must be typed, or given with --confirm; for several keys,\n"
        + "their number. The history of the key stays.",
      examples: [
        Example("anyllmctl keys revoke ci"),
        Example("anyllmctl keys revoke ci --confirm ci", "in a script"),
        Example("anyllmctl keys revoke ci tmp --confirm 2"),
      ],
      arguments: [ArgumentSpec(name: "ID", repeats: true, values: .keys)],
      exits: [.noGateway, .notFound, .conflict, .partly], seeAlso: ["keys list", "audit list"],
      run: KeyCommands.revoke),
  ]
}

/// What the `keys` commands do.
enum KeyCommands {
  static func list(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let state = try invocation.choice("state") ?? "active"
    let keys = try session.ask(.listKeys) { answer in
      if case .keys(let keys) = answer { keys } else { nil }
    }
    return .list(
      keys.filter { state == "all" || $0.state.rawValue == state },
      state == "all" ? "keys" : "\(state) keys",
      columns: [
        .flexible("NAME", 1), .word("PREFIX", 2), .word("STATE", 1), .word("USED", 3),
        .number("REQUESTS", 4), .number("IN", 5), .number("OUT", 5), .word("EXPIRES", 4),
        .word("SOURCE", 7), .number("ID", 6), .word("NOTE", 8),
      ],
      name: \.name
    ) { key in
      [
        Cell(key.name), Cell(masked(key), value: key.prefix), Cell(state: key.state),
        Cell(
          key.lastUsedAtMs.map { Figures.age(milliseconds: session.now() - $0) } ?? "never",
          value: key.lastUsedAtMs.map { "\($0)" } ?? ""),
        Cell(key.requests, Figures.count), Cell(key.inputTokens, Figures.count),
        Cell(key.outputTokens, Figures.count), expiry(key, session), Cell(key.source),
        Cell("\(key.id)"), Cell(key.note),
      ]
    }
  }

  static func show(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let key = try key(try invocation.identifier(0), session, try session.client())
    func moment(_ value: Int64?, _ absent: String) -> Cell {
      Cell(
        value.map { Figures.moment($0, now: session.now(), utc: session.options.isUTC) } ?? absent,
        value: value.map { "\($0)" } ?? "")
    }
    var details: [(label: String, cell: Cell)] = [
      ("Name", Cell(key.name)), ("Id", Cell("\(key.id)")),
      ("Prefix", Cell(masked(key), value: key.prefix)), ("State", Cell(state: key.state)),
      ("Source", Cell(key.source)), ("Created", moment(key.createdAtMs, "-")),
      ("Expires", moment(key.expiresAtMs, "never")), ("Used", moment(key.lastUsedAtMs, "never")),
      ("Requests", Cell(key.requests, Figures.count)),
      ("Input", Cell(key.inputTokens) { "\(Figures.count($0)) tokens" }),
      ("Output", Cell(key.outputTokens) { "\(Figures.count($0)) tokens" }),
      ("Note", Cell(key.note)),
    ]
    if key.revokedAtMs != nil { details.insert(("Revoked", moment(key.revokedAtMs, "-")), at: 7) }
    return .details(key, name: key.name, details)
  }

  static func add(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let expiry = try invocation.flags["expires"].map { text throws(CommandFailure) in
      try TimeSpan.expiry(text, now: session.now(), of: "--expires")
    }
    let isOwn = invocation.has("stdin")
    let new = NewKey(
      name: try invocation.identifier(0), expiresAtMs: expiry ?? nil,
      note: invocation.flags["note"],
      secret: isOwn ? try readSecret(session) : nil)
    let issued = try session.ask(.addKey(new)) { answer in
      if case .issuedKey(let issued) = answer { issued } else { nil }
    }
    let key = issued.summary
    let until = key.expiresAtMs.map {
      ", valid until \(Figures.moment($0, now: session.now(), utc: session.options.isUTC))"
    }
    let words = "key \(key.name) added (id \(key.id), prefix \(masked(key))\(until ?? ""))"
    // A secret that the operator brought is not repeated.
    if isOwn {
      return .change(["summary": key], name: key.name, ["\(words)"])
    }
    let isAlone = session.console.isOutTerminal && !session.options.isQuiet
    var report = Report.change(
      issued, name: issued.key, isAlone ? [issued.key, ""] : [issued.key],
      notes: [words, "This is the only time it is shown; keep it now."])
    report.names = [issued.key]
    return report
  }

  static func revoke(_ invocation: Invocation, _ session: Session) throws(CommandFailure)
    -> Report
  {
    let client = try session.client()
    var keys: [KeySummary] = []
    for place in invocation.words.indices {
      let key = try key(try invocation.identifier(place), session, client)
      if !keys.contains(where: { reference($0) == reference(key) }) { keys.append(key) }
    }
    let open = keys.filter { $0.state != .revoked }
    if let first = open.first {
      try Confirmation(invocation: invocation, console: session.console).severe(
        "\(open.map(\.name).joined(separator: ", ")): refused from the next request on, for good.",
        name: open.count == 1 ? first.name : "\(open.count)")
    }
    var report = Report(face: .lines([]), payload: .list([]), names: [])
    var lines: [String] = []
    var objects: [[UInt8]] = []
    var failures: [CommandFailure] = []
    for key in keys {
      let isOpen = key.state != .revoked
      do throws(CommandFailure) {
        let now = isOpen ? try revoked(key, session, client) : key
        lines.append(isOpen ? "key \(key.name) revoked" : "key \(key.name) was revoked already")
        objects.append(WireJSON.encode(Changed(resource: now, changed: isOpen)))
        report.names.append(key.name)
      } catch {
        failures.append(error)
        report.notes.append("key \(key.name) not revoked: \(error.message)")
      }
    }
    // Nothing done at all is a plain failure, with its own code.
    if let only = failures.first, objects.isEmpty { throw only }
    report.face = .lines(lines)
    report.payload = keys.count == 1 ? .one(objects[0]) : .list(objects)
    report.exit = failures.isEmpty ? .done : .partly
    return report
  }

  /// What means this key and no other: keys of the configuration have no number.
  private static func reference(_ key: KeySummary) -> String {
    key.source == "store" ? "\(key.id)" : key.name
  }

  private static func revoked(
    _ key: KeySummary, _ session: Session, _ client: ControlClient
  ) throws(CommandFailure) -> KeySummary {
    try session.ask(.revokeKey(reference(key)), of: client) { answer in
      if case .key(let key) = answer { key } else { nil }
    }
  }

  private static func key(
    _ id: String, _ session: Session, _ client: ControlClient
  ) throws(CommandFailure) -> KeySummary {
    try session.ask(.showKey(id), of: client) { answer in
      if case .key(let key) = answer { key } else { nil }
    }
  }

  private static func readSecret(_ session: Session) throws(CommandFailure) -> String {
    var bytes: [UInt8]
    if session.console.isInTerminal {
      guard session.options.mayAsk else {
        throw CommandFailure.usage(
          "--stdin would have to ask", hint: "Send the key through a pipe or from a file.")
      }
      session.console.prompt("Key: ")
      bytes = Array((session.console.readAnswer(true) ?? "").utf8)
      session.console.error("")
    } else {
      bytes = session.console.readAll()
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    }
    guard let secret = String(validating: bytes, as: UTF8.self), !secret.isEmpty,
      secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw CommandFailure.badValue(
        bytes.isEmpty ? "standard input held no key" : "that is not one key on one line",
        hint: "Send the key alone: printable ASCII without spaces, one newline at most.")
    }
    return secret
  }

  private static func masked(_ key: KeySummary) -> String { "\(key.prefix)…" }

  private static func expiry(_ key: KeySummary, _ session: Session) -> Cell {
    guard let moment = key.expiresAtMs else { return Cell("never", value: "") }
    let left = moment - session.now()
    return Cell(
      left > 0
        ? "in \(Figures.age(milliseconds: left))" : "\(Figures.age(milliseconds: -left)) ago",
      value: "\(moment)")
  }
}

extension Cell {
  init(state: KeyState) {
    switch state {
    case .active: self.init(state.rawValue, tone: .good)
    case .expired: self.init(state.rawValue, tone: .warning)
    case .revoked: self.init(state.rawValue, tone: .bad)
    }
  }
}
