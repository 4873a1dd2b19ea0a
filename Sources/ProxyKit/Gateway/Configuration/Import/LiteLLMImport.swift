/// Reads LiteLLM's `config.yaml`.
struct LiteLLMImport {
  var notes: ImportNotes
  var draft = ImportDraft()
  /// Named credentials of `credential_list`.
  var credentials: [String: YAMLNode] = [:]
  /// Prices that were given with models, by the model's name upstream.
  var prices: [WrittenMember] = []
  /// What the whole proxy may spend, which becomes the master key's.
  var budget: WrittenMember?
  var fallbacks: [LiteLLMFallback] = []

  init(notes: ImportNotes) {
    self.notes = notes
    // A name that is not in the list is refused there too.
    draft.everythingElse = .refused
  }

  mutating func read(_ file: ImportSection) -> ImportDraft {
    var file = file
    readCredentials(file.items("credential_list"))
    for (index, node) in file.items("model_list").enumerated() {
      readModel(node, path: "model_list[\(index)]")
    }
    // The router's own settings come before those of the library below it.
    if var section = file.section("router_settings") { readRouter(&section) }
    if var section = file.section("litellm_settings") { readSettings(&section) }
    var master: ImportText?
    if var section = file.section("general_settings") {
      master = section.text("master_key")
      readGeneral(&section)
    }
    placeKeys(master: master)
    if let section = file.section("environment_variables") {
      for member in section.rest {
        notes.lost(
          "environment_variables.\(member.key)", at: member.keyMark,
          remedy: "set it in the environment or in .anyllm.env")
      }
    }
    notes.leave(file, because: Self.rootReasons)
    placeFallbacks()
    if !prices.isEmpty { draft.closing.append(WrittenMember("prices", .members(prices))) }
    if draft.groups.isEmpty {
      draft.everythingElse = .defaultBackend
    } else if !draft.groups.contains(where: { $0.name == "*" }) {
      notes.changed(
        "a model that is not in the list is refused, as it was there", at: file.mark,
        remedy: "without the last mapping the default backend serves it")
    }
    return draft
  }

  private mutating func readCredentials(_ items: [YAMLNode]) {
    for item in items {
      guard let name = item["credential_name"]?.scalar?.text,
        let values = item["credential_values"], values.members != nil
      else {
        notes.lost(
          "a member of credential_list", at: item.mark,
          remedy: "it needs credential_name and credential_values")
        continue
      }
      credentials[name] = values
    }
  }

  /// Fallbacks find their groups when all of these are known.
  private mutating func placeFallbacks() {
    for fallback in fallbacks {
      if let index = draft.group(named: fallback.from) {
        for name in fallback.to {
          draft.addFallback(
            ImportFallback(name: name, condition: fallback.condition, mark: fallback.mark),
            to: index)
        }
      } else if fallback.from == "*" {
        // What stands for all comes behind what a model has of its own.
        for index in draft.groups.indices where !draft.groups[index].isPattern {
          for name in fallback.to {
            draft.addFallback(
              ImportFallback(name: name, condition: fallback.condition, mark: fallback.mark),
              to: index)
          }
        }
      } else {
        notes.lost(
          "the fallbacks of \(fallback.from)", at: fallback.mark,
          remedy: "no model of the file has that name")
      }
    }
  }

  private static let rootReasons = [
    "include": "import each file by itself",
    "guardrails": "guardrails come later", "mcp_servers": "MCP servers come later",
    "mcp_tools": "MCP servers come later", "files_settings": "files come later",
    "finetune_settings": "fine-tuning is asked of its backend directly",
    "vector_store_registry": "vector stores come later",
    "callback_settings": "callbacks come later", "search_tools": "search tools come later",
    "assistant_settings": "assistants are asked of their backend directly",
  ]
}

/// A line of one of LiteLLM's lists of fallbacks.
struct LiteLLMFallback {
  var from: String
  var to: [String]
  var condition: String?
  var mark: YAMLMark
}
