/// What can be served when the operator configured no backend.
package struct BackendDiscovery: Sendable, Equatable {
  /// Best first; the demo backend when nothing was found.
  package var backends: [Settings.Backend]
  /// Sentences that say what was found.
  package var notices: [String]

  static let localPorts = [11_434, 1_234, 8_080]

  private static let localNames = [11_434: "ollama", 1_234: "lm_studio", 8_080: "llama_cpp"]

  /// The cloud backends made from the environment come first, in the order given.
  init(cloud: [(backend: Settings.Backend, variable: String)], servers: [LocalServer]) {
    backends = []
    notices = []
    for (backend, variable) in cloud {
      backends.append(backend)
      let families = ProviderPreset.named(backend.preset ?? "")?.familyPatterns.first
      notices.append(
        "found \(variable): backend `\(backend.name)` serves "
          + (families ?? "every model"))
    }
    for server in servers {
      guard let backend = Self.local(server) else { continue }
      backends.append(backend)
      let models = server.models.isEmpty ? "no model yet" : server.models[0]
      let more = server.models.count > 1 ? " and \(server.models.count - 1) more" : ""
      notices.append(
        "found a server at localhost:\(server.port): backend `\(backend.name)` serves "
          + models + more)
    }
    if backends.isEmpty {
      backends = [.demo]
      notices.append(
        "no backend found: the built-in `demo` backend answers; set ANTHROPIC_API_KEY, "
          + "OPENAI_API_KEY or GEMINI_API_KEY, start Ollama, or write a configuration file "
          + "(anyllm-tui --print-config-template)")
    }
  }

  /// A local server takes every Claude name, since whoever calls a laptop's model by such a name
  /// has a client that knows no other.
  private static func local(_ server: LocalServer) -> Settings.Backend? {
    guard let name = localNames[server.port], let preset = ProviderPreset.named(name),
      let base = preset.baseURL
    else { return nil }
    let chat = server.models.first { !$0.lowercased().contains("embed") }
    return Settings.Backend(
      name: name, kind: preset.kind, baseURL: base, bigModel: chat, smallModel: chat,
      models: server.models, preset: preset.id, quirks: preset.quirks)
  }
}
