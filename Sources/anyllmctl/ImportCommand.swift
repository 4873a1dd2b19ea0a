import ControlPlane
import Glibc

extension CommandSpec {
  static let importConfiguration = CommandSpec(
    path: ["config", "import"],
    summary: "say another proxy's configuration in our words",
    discussion:
      "FILE is LiteLLM's config.yaml, anyllm-proxy's config.toml, list of models or\n"
      + ".anyllm.env, or crabllm's TOML. What became of each line is told on stderr.\n"
      + "Needs no gateway: it runs the anyllm-tui that lies beside this program, or the\n"
      + "one in PATH. LiteLLM's file also runs as it is: `anyllm-tui --config FILE`.",
    examples: [
      Example("anyllmctl config import litellm.yaml > anyllm.yaml"),
      Example("anyllmctl config import crabllm.toml --write ~/.config/anyllm/config.yaml"),
    ],
    arguments: [ArgumentSpec(name: "FILE")],
    flags: [
      FlagSpec(
        "write", value: .required("PATH"), "a new file for it, which nobody else can read")
    ],
    exits: [.invalid, .conflict], seeAlso: ["config reload"], needsGateway: false,
    run: ImportCommand.run)
}

/// What `config import` does.
enum ImportCommand {
  /// The result, for programs.
  private struct Imported: Encodable {
    var file: String
    var yaml: String
    var written: String?
  }

  static func run(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let file = invocation.words[0]
    let program = Self.program(session)
    guard let capture = session.processes.capture([program, "--import", file]) else {
      throw CommandFailure(
        .refused, code: "failed", "\(program) cannot be started",
        hint: "config import needs anyllm-tui beside this program or in PATH.")
    }
    guard capture.code == 0 else {
      throw CommandFailure(
        capture.code == ExitCode.invalid.rawValue ? .invalid : .refused, code: "invalid",
        "nothing of \(PlainText.cleaned(file)) could be taken",
        hint: "What stands above says why.")
    }
    let yaml = String(decoding: capture.out, as: UTF8.self)
    guard let path = invocation.flags["write"] else {
      return .change(
        Imported(file: file, yaml: yaml), name: file,
        ToolCommands.lines(yaml.hasSuffix("\n") ? String(yaml.dropLast()) : yaml))
    }
    try write(capture.out, to: path, session)
    return .change(
      Imported(file: file, yaml: yaml, written: path), name: path,
      ["wrote \(PlainText.cleaned(path))"],
      notes: ["Check it with `anyllm-tui --config \(Shell.quoted(path)) --check`."])
  }

  private static func write(
    _ bytes: [UInt8], to path: String, _ session: Session
  ) throws(CommandFailure) {
    let reason = session.processes.create(path, bytes)
    if reason == 0 { return }
    if reason == EEXIST {
      throw CommandFailure(
        .conflict, code: "conflict", "\(PlainText.cleaned(path)) is there already",
        hint: "Give another path, or move that file away.")
    }
    let sentence = unsafe String(cString: strerror(reason))
    throw CommandFailure(
      .refused, code: "failed",
      "\(PlainText.cleaned(path)) cannot be written: \(sentence)",
      hint: "Check its directory and your permissions.")
  }

  /// The gateway's program beside this one, else whichever is in PATH.
  private static func program(_ session: Session) -> String {
    var bytes = [CChar](repeating: 0, count: 4096)
    let length = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    let own = String(
      decoding: bytes.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if let slash = own.lastIndex(of: "/") {
      let beside = own[...slash] + "anyllm-tui"
      if unsafe access(String(beside), X_OK) == 0 { return String(beside) }
    }
    return "anyllm-tui"
  }
}
