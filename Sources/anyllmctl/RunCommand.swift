import ControlPlane
import Glibc

extension CommandSpec {
  static let runClient = CommandSpec(
    path: ["run"], summary: "start a client that talks to the gateway",
    discussion:
      "COMMAND starts with its environment pointed at the gateway, for clients of\n"
      + "Anthropic, OpenAI, Gemini and Bedrock. Signals and the exit code are its own.\n"
      + "Flags of this command stand before COMMAND; what follows it is the client's.\n"
      + "Without a key, the credentials that are set already stay.",
    examples: [
      Example("anyllmctl run claude"),
      Example("anyllmctl run --key-env MY_KEY codex exec 'say hi'", "with the key in MY_KEY"),
      Example("anyllmctl run --new-key laptop aider --model gpt-4o", "with a key made for it"),
    ],
    arguments: [
      ArgumentSpec(name: "COMMAND"), ArgumentSpec(name: "ARG", isOptional: true, repeats: true),
    ],
    flags: [
      FlagSpec("key-env", value: .required("VAR"), "the variable that holds the gateway's key"),
      FlagSpec("new-key", value: .required("NAME"), "make a key of this name, and use it"),
      FlagSpec("dry-run", "say which variables it would get, and start nothing"),
    ],
    exits: [.noGateway, .notFound, .conflict], seeAlso: ["keys add", "status"],
    takesProgram: true, run: RunCommand.run)
}

/// What `run` does.
enum RunCommand {
  /// What was started, for programs; a key is never in it.
  private struct Started: Encodable {
    var command: [String]
    var variables: [String: String]
    var unset: [String]
  }

  static func run(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let address = try address(session)
    let before = session.processes.environment()
    let isTrial = invocation.has("dry-run")
    let key = try key(invocation, session, before, isTrial: isTrial)
    let variables = ClientEnvironment.variables(address: address, key: key, before: before)
    if !isTrial {
      let reason = session.processes.become(invocation.words, variables)
      if reason != 0 {
        let sentence = unsafe String(cString: strerror(reason))
        throw CommandFailure(
          reason == ENOENT ? .notFound : .refused, code: "failed",
          "\(PlainText.cleaned(invocation.words[0])) cannot be started: \(sentence)",
          hint: "Is it in PATH?")
      }
    }
    return report(invocation.words, variables)
  }

  private static func report(
    _ words: [String], _ variables: [String: String?]
  ) -> Report {
    var shown: [String: String] = [:]
    var unset: [String] = []
    for (name, value) in variables {
      guard let value else {
        unset.append(name)
        continue
      }
      shown[name] = ClientEnvironment.credentials.contains(name) ? "(key)" : value
    }
    unset.sort()
    let lines =
      shown.keys.sorted().map { "\($0)=\(shown[$0] ?? "")" } + unset.map { "unset \($0)" }
    return .change(
      Started(command: words, variables: shown, unset: unset), name: words[0], lines)
  }

  /// Where clients of this machine find the gateway.
  private static func address(_ session: Session) throws(CommandFailure) -> String {
    let listening = try session.ask(.status) { answer in
      if case .status(let snapshot) = answer { snapshot.listening } else { nil }
    }
    let address = listening.first { !$0.hasPrefix("unix:") && !$0.hasPrefix("/") }
    guard let address else {
      throw CommandFailure(
        .refused, code: "unavailable", "the gateway has no address for clients",
        hint: "`anyllmctl status` shows where it listens.")
    }
    let url = address.contains("://") ? address : "http://\(address)"
    return ClientEnvironment.reachable(url)
  }

  private static func key(
    _ invocation: Invocation, _ session: Session, _ environment: [String: String],
    isTrial: Bool
  ) throws(CommandFailure) -> String? {
    let name = invocation.flags["new-key"]
    guard let variable = invocation.flags["key-env"] else {
      guard let name else { return nil }
      if isTrial { return "" }
      let issued = try session.ask(.addKey(NewKey(name: name))) { answer in
        if case .issuedKey(let issued) = answer { issued } else { nil }
      }
      session.console.error("made the key \(PlainText.cleaned(name))")
      return issued.key
    }
    guard name == nil else {
      throw CommandFailure.usage("--key-env and --new-key exclude each other", hint: "Give one.")
    }
    guard let key = environment[variable], !key.isEmpty else {
      throw CommandFailure.badValue(
        "the variable \(PlainText.cleaned(variable)) is not set",
        hint: "It holds the key, such as `sk-…`; the flag takes the variable's name.")
    }
    return key
  }
}
