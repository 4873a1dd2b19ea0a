internal import Dialects

/// The models a client may ask for, from memory.
struct ModelList: Sendable {
  /// Names under which agents ask for the model families, shown where a rule serves them.
  private static let familiar = [
    "claude-opus-4-6", "claude-opus-4-6[1m]", "claude-sonnet-4-6", "claude-sonnet-4-6[1m]",
    "claude-haiku-4-5",
  ]

  let names: [String]

  /// What a caller on these terms may ask for.
  init(_ settings: Settings, for terms: CallerTerms) {
    var names: [String] = []
    names += settings.routes.map(\.name)
    for rule in settings.mappings where rule.pattern.isExact { names.append(rule.pattern.text) }
    for name in Self.familiar where settings.mappings.contains(where: { $0.pattern.matches(name) })
    {
      names.append(name)
    }
    for backend in settings.backends {
      names += backend.models
      names += [backend.bigModel, backend.smallModel].compactMap { $0 }
      if backend.kind == .demo { names.append("demo") }
    }
    var seen: Set<String> = []
    self.names = names.filter { seen.insert($0).inserted && terms.allows(model: $0) }
  }

  /// Whether a client may ask for the name; Google's clients write `models/` before it.
  func contains(_ name: String) -> Bool { names.contains(name) }

  func body(in dialect: Dialect) -> [UInt8] {
    if dialect == .converse { return ConverseProfiles.list(names) }
    var writer = JSONWriter()
    writer.object { out in
      switch dialect {
      case .anthropic:
        writeEntries(named: "data", in: dialect, into: &out)
        out.member("has_more", false)
        out.name("first_id")
        if let first = names.first { out.string(first) } else { out.null() }
        out.name("last_id")
        if let last = names.last { out.string(last) } else { out.null() }
      case .chat, .responses:
        out.member("object", "list")
        writeEntries(named: "data", in: dialect, into: &out)
      case .gemini: writeEntries(named: "models", in: dialect, into: &out)
      case .converse: break
      }
    }
    return writer.bytes
  }

  private func writeEntries(
    named name: StaticString, in dialect: Dialect, into out: inout JSONWriter
  ) {
    out.name(name)
    out.array { list in
      for name in names { list.raw(JSONRaw(entry(name, in: dialect)[...])) }
    }
  }

  func entry(_ name: String, in dialect: Dialect) -> [UInt8] {
    var writer = JSONWriter()
    if dialect == .gemini {
      let known = ModelTable.standard.entry(name)
      GeminiModelEntry(
        name: name, inputTokenLimit: known?.contextWindow ?? 128_000,
        outputTokenLimit: known?.maximumOutput ?? 8192
      ).write(into: &writer)
      return writer.bytes
    }
    writer.object { out in
      switch dialect {
      case .anthropic:
        out.member("id", name)
        out.member("type", "model")
        out.member("display_name", name)
        out.member("created_at", "2026-01-01T00:00:00Z")
      case .chat, .responses:
        out.member("id", name)
        out.member("object", "model")
        out.member("created", 1_767_225_600)
        out.member("owned_by", "anyllm")
        out.member("display_name", name)
      case .gemini, .converse: break
      }
    }
    return writer.bytes
  }
}
