import ControlPlane

extension KeyCommands {
  static func add(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let isOwn = invocation.has("stdin")
    let name = try invocation.identifier(0)
    let secret = isOwn ? try readSecret(session) : nil
    let card = try card(KeyCard(name: name), try patch(invocation, session) { [] })
    let new = NewKey(
      name: name, expiresAtMs: card.expiresAtMs, note: invocation.flags["note"], secret: secret,
      terms: card.terms)
    let issued = try session.ask(attempt(.addKey(new), invocation)) { answer in
      if case .issuedKey(let issued) = answer { issued } else { nil }
    }
    return report(on: issued, "added", isOwn: isOwn, invocation, session)
  }

  static func edit(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let client = try session.client()
    let before = try key(try invocation.identifier(0), session, client)
    let patch = try patch(invocation, session) { before.terms.budgets }
    return try change(before, .edit(patch), "edited", invocation, session, client)
  }

  static func pause(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let client = try session.client()
    let before = try key(try invocation.identifier(0), session, client)
    return try change(before, .pause, "paused", invocation, session, client)
  }

  static func resume(_ invocation: Invocation, _ session: Session) throws(CommandFailure)
    -> Report
  {
    let client = try session.client()
    let before = try key(try invocation.identifier(0), session, client)
    return try change(before, .resume, "resumed", invocation, session, client)
  }

  static func undo(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let key = try session.ask(attempt(.undoKey, invocation)) { answer in
      if case .key(let key) = answer { key } else { nil }
    }
    let isTrial = invocation.has("dry-run")
    return .change(
      Changed(resource: key, changed: !isTrial), name: key.name,
      [isTrial ? "key \(key.name) would be as before" : "key \(key.name) is as before"],
      notes: key.notes)
  }

  static func rotate(_ invocation: Invocation, _ session: Session) throws(CommandFailure)
    -> Report
  {
    let client = try session.client()
    let before = try key(try invocation.identifier(0), session, client)
    let graceMs = try invocation.span("grace", default: 0) ?? 0
    let isOwn = invocation.has("stdin")
    let secret = isOwn ? try readSecret(session) : nil
    if !invocation.has("dry-run") {
      try Confirmation(invocation: invocation, console: session.console).severe(
        "\(before.name): its secret changes; the old one works "
          + (graceMs > 0 ? "for \(Figures.age(milliseconds: Int64(graceMs)))." : "no more."),
        name: before.name)
    }
    let change = KeyChange.rotate(graceMs: Int64(graceMs), secret: secret)
    let issued = try session.ask(
      attempt(.changeKey(reference(before), change), invocation), of: client
    ) { answer in
      if case .issuedKey(let issued) = answer { issued } else { nil }
    }
    return report(on: issued, "rotated", isOwn: isOwn, invocation, session)
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
    let isTrial = invocation.has("dry-run")
    let open = keys.filter { $0.state != .revoked }
    if let first = open.first, !isTrial {
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
        let now =
          isOpen || invocation.has("kill") ? try revoked(key, invocation, session, client) : key
        let verb = isTrial ? "would be revoked" : "revoked"
        lines.append(isOpen ? "key \(key.name) \(verb)" : "key \(key.name) was revoked already")
        objects.append(WireJSON.encode(Changed(resource: now, changed: isOpen && !isTrial)))
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

  private static func revoked(
    _ key: KeySummary, _ invocation: Invocation, _ session: Session, _ client: ControlClient
  ) throws(CommandFailure) -> KeySummary {
    let command = ControlCommand.changeKey(
      reference(key), .revoke(kills: invocation.has("kill")))
    return try session.ask(attempt(command, invocation), of: client) { answer in
      if case .key(let key) = answer { key } else { nil }
    }
  }

  // MARK: What they share

  /// The command, or the question what it would do.
  static func attempt(_ command: ControlCommand, _ invocation: Invocation) -> ControlCommand {
    invocation.has("dry-run") ? .trial(command) : command
  }

  /// The merge patch that the flags say.
  private static func patch(
    _ invocation: Invocation, _ session: Session,
    budgets: () throws(CommandFailure) -> [BudgetTerms]
  ) throws(CommandFailure) -> BodyValue {
    _ = try invocation.choice("role")
    _ = try invocation.choice("period")
    return try KeyTermFlags(
      values: invocation.flags, name: { "--\($0)" }, now: session.now()
    ).patch(budgets: budgets)
  }

  static func card(_ card: KeyCard, _ patch: BodyValue) throws(CommandFailure) -> KeyCard {
    do throws(ControlFailure) {
      return try card.edited(by: patch)
    } catch {
      throw CommandFailure(error)
    }
  }

  private static func change(
    _ before: KeySummary, _ change: KeyChange, _ verb: String, _ invocation: Invocation,
    _ session: Session, _ client: ControlClient
  ) throws(CommandFailure) -> Report {
    let after = try session.ask(
      attempt(.changeKey(reference(before), change), invocation), of: client
    ) { answer in
      if case .key(let key) = answer { key } else { nil }
    }
    let isChanged =
      before.name != after.name || before.note != after.note || before.state != after.state
      || before.expiresAtMs != after.expiresAtMs || before.terms != after.terms
    let isTrial = invocation.has("dry-run")
    let words =
      !isChanged
      ? "key \(after.name) is as it was"
      : isTrial ? "key \(after.name) would be \(verb)" : "key \(after.name) \(verb)"
    var notes = after.notes
    if isChanged, !isTrial { notes.append("Undo: anyllmctl keys undo") }
    return .change(
      Changed(resource: after, changed: isChanged && !isTrial), name: after.name, [words],
      notes: notes)
  }

  /// A secret alone on standard output, and everything about it elsewhere.
  private static func report(
    on issued: IssuedKey, _ verb: String, isOwn: Bool, _ invocation: Invocation, _ session: Session
  ) -> Report {
    let key = issued.summary
    let isTrial = invocation.has("dry-run")
    let until = key.expiresAtMs.map {
      ", valid until \(Figures.moment($0, now: session.now(), utc: session.options.isUTC))"
    }
    let fate = isTrial ? "would be \(verb)" : verb
    let id = isTrial && verb == "added" ? "" : "id \(key.id), "
    let words = "key \(key.name) \(fate) (\(id)prefix \(masked(key))\(until ?? ""))"
    // A secret that the operator brought is not repeated.
    if isOwn || isTrial {
      return .change(["summary": key], name: key.name, [words], notes: key.notes)
    }
    let isAlone = session.console.isOutTerminal && !session.options.isQuiet
    var notes = [words]
    if let end = key.previousUntilMs {
      let moment = Figures.moment(end, now: session.now(), utc: session.options.isUTC)
      notes.append("The old secret works until \(moment).")
    }
    notes += key.notes + ["This is the only time it is shown; keep it now."]
    var report = Report.change(
      issued, name: issued.key, isAlone ? [issued.key, ""] : [issued.key], notes: notes)
    report.names = [issued.key]
    return report
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
}
