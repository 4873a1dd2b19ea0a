import ControlPlane

extension CommandSpec {
  private static let languages = ["anthropic", "chat", "responses", "gemini", "converse"]

  static let translate = CommandSpec(
    path: ["translate"], summary: "what would be sent for a request, and what is lost",
    discussion:
      "FILE holds the body of a client's request, - reads standard input. Nothing is\n"
      + "sent: what a backend would get is printed, and what it would not is told on\n"
      + "stderr. Languages: \(languages.joined(separator: ", ")).",
    examples: [
      Example("anyllmctl translate --from anthropic --to responses request.json"),
      Example("anyllmctl translate --from chat --to azure:gpt-4o - < request.json"),
      Example("anyllmctl translate request.json | jq .", "where its model goes"),
    ],
    arguments: [ArgumentSpec(name: "FILE")],
    flags: [
      FlagSpec(
        "from", value: .required("LANG"), choices: languages,
        "the language of FILE (default: anthropic)"),
      FlagSpec("to", value: .required("GOAL"), "a language, a backend, or backend:model"),
      FlagSpec("model", value: .required("NAME"), "for languages that name it in the path"),
    ],
    exits: [.noGateway, .invalid, .notFound], seeAlso: ["routes explain"],
    run: TranslateCommand.run)
}

/// What `translate` does.
enum TranslateCommand {
  static func run(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let path = invocation.words[0]
    let bytes =
      path == "-" ? session.console.readAll() : try KeyFileCommands.contents(of: path)
    guard let body = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure.badValue(
        "\(PlainText.cleaned(path)) is not UTF-8", hint: "JSON is.")
    }
    let question = TranslationQuestion(
      from: try invocation.choice("from") ?? "anthropic", to: invocation.flags["to"],
      model: invocation.flags["model"], body: body)
    let translation = try session.ask(.translate(question)) { answer in
      if case .translation(let translation) = answer { translation } else { nil }
    }
    let place = translation.backend.map { "\($0):\(translation.model)" } ?? translation.model
    let manner = translation.passes ? "in the client's own bytes" : "from \(translation.from)"
    var notes = ["to \(place) as \(translation.to), \(manner)"]
    notes += translation.losses.map { "lost: \($0)" }
    if !translation.betas.isEmpty {
      notes.append("betas: \(translation.betas.joined(separator: ","))")
    }
    return .change(
      translation, name: place, ToolCommands.lines(PlainText.cleaned(lines: translation.body)),
      notes: notes.map { PlainText.cleaned($0) })
  }
}
