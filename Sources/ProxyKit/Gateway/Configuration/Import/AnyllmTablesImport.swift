/// Reads anyllm-proxy's `config.toml`.
struct AnyllmTablesImport {
  var notes: ImportNotes
  private var draft = ImportDraft()

  init(notes: ImportNotes) {
    self.notes = notes
  }

  mutating func read(_ file: ImportSection) -> ImportDraft {
    var file = file
    let chosen = file.text("default_backend")
    draft.opening = AnyllmRoot.members(&file, &notes)
    if let flag = file.text("expose_degradation_warnings") {
      draft.opening.append(WrittenMember("expose_degradation", "\(flag.flag ?? false)"))
      notes.taken("expose_degradation_warnings", at: flag.mark)
    }
    for member in file.section("backends")?.rest ?? [] {
      guard let section = ImportSection(member.value, path: "backends.\(member.key)") else {
        notes.lost("backends.\(member.key)", at: member.keyMark, remedy: "it is no table")
        continue
      }
      readBackend(section, named: member, isDefault: chosen?.value == member.key)
    }
    if let chosen, draft.defaultBackend == nil {
      notes.lost(
        "default_backend \(chosen.value)", at: chosen.mark, remedy: "the first is the default")
    }
    notes.leave(file, because: AnyllmRoot.reasons)
    return draft
  }

  private mutating func readBackend(
    _ section: ImportSection, named member: YAMLMember, isDefault: Bool
  ) {
    var section = section
    let kind = section.text("kind")?.value ?? member.key
    guard let preset = ProviderPreset.named(kind) else {
      notes.lost(
        "backends.\(member.key): the kind \(kind) is unknown", at: member.keyMark,
        remedy: "write kind: openai and its base_url")
      return
    }
    var provider = ImportProvider(preset)
    readCredentials(&section, &provider)
    readFormat(&section, &provider)
    let deployment = section.text("deployment")
    provider.set("big_model", section.text("big_model") ?? deployment)
    provider.set("small_model", section.text("small_model") ?? deployment)
    if let flag = section.text("omit_stream_options"), preset.kind == .openai {
      provider.set("omit_stream_options", flag)
    }
    let path = section.path(of: "stream_timeout_secs")
    provider.setTime("total_timeout", section.text("stream_timeout_secs"), path: path, &notes)
    notes.leave(section)
    guard var backend = provider.backend else {
      notes.lost(
        "backends.\(member.key): \(preset.id) has no usual address", at: member.keyMark,
        remedy: "give it base_url")
      return
    }
    backend.wish = member.key
    let number = draft.backend(backend)
    if isDefault { draft.defaultBackend = number }
    notes.taken("backend \(member.key)", at: member.keyMark)
  }

  private mutating func readCredentials(
    _ section: inout ImportSection, _ provider: inout ImportProvider
  ) {
    let path = section.path
    provider.set("base_url", section.text("base_url") ?? section.text("endpoint"))
    provider.setSecret("api_key", section.text("api_key"), path: "\(path).api_key", &notes)
    if provider.preset.kind.takesToken {
      provider.setSecret(
        "auth_token", section.text("access_token"), path: "\(path).access_token", &notes)
    }
    for (theirs, ours, isSecret) in [
      ("project", "project", false), ("region", "region", false),
      ("api_version", "api_version", false), ("aws_access_key_id", "access_key_id", true),
      ("aws_secret_access_key", "secret_access_key", true),
      ("aws_session_token", "session_token", true),
    ] {
      provider.setCloud(
        ours, section.text(theirs), path: "\(path).\(theirs)", isSecret: isSecret, &notes)
    }
  }

  private mutating func readFormat(
    _ section: inout ImportSection, _ provider: inout ImportProvider
  ) {
    guard let format = section.text("api_format") else { return }
    let known = Settings.Backend.Format(rawValue: format.value.lowercased())
    guard let known, provider.preset.kind.formats.contains(known) else {
      notes.lost("\(section.path).api_format \(format.value)", at: format.mark)
      return
    }
    provider.set("format", written: known.rawValue)
  }
}

/// The members that both of anyllm-proxy's files have at their root.
enum AnyllmRoot {
  static func members(
    _ file: inout ImportSection, _ notes: inout ImportNotes
  ) -> [WrittenMember] {
    var members: [WrittenMember] = []
    if let port = file.text("listen_port"),
      let number = notes.count(port, in: 1...65_535, path: "listen_port")
    {
      members.append(WrittenMember("listen", "127.0.0.1:\(number)"))
      notes.changed(
        "listen_port becomes 127.0.0.1:\(number), this machine only", at: port.mark,
        remedy: "write 0.0.0.0:\(number) when others shall reach it")
    }
    if let flag = file.text("log_bodies"), flag.flag == true {
      notes.lost("log_bodies", at: flag.mark, remedy: "a key says it: log_bodies: true")
    }
    return members
  }

  static let reasons = [
    "tool_execution": "tools are run by clients, not by the gateway",
    "builtin_tools": "tools are run by clients, not by the gateway",
    "mcp_servers": "MCP servers come later", "redact_secrets": "it is not done here",
    "pxpipe_compress": "requests pass as they are",
  ]
}
