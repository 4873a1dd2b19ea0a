/// What of a Messages body needs which beta: the one table of both halves.
enum BetaNeeds {
  typealias Need = (name: StaticString, beta: String)

  /// Members that no platform takes without their beta.
  static let members: [Need] = [
    ("context_management", "context-management-2025-06-27"),
    ("mcp_servers", "mcp-client-2025-11-20"), ("mcp_servers", "mcp-client-2025-04-04"),
    ("safeguards", "dangerous-tool-use-2026-09-03"), ("speed", "fast-mode-2026-02-01"),
    ("container", "skills-2025-10-02"),
  ]

  /// Parts of `output_config`, which some platforms take without their beta by now.
  static let outputParts: [Need] = [
    ("effort", "effort-2025-11-24"), ("format", "structured-outputs-2025-11-13"),
  ]

  /// Members of a tool, likewise.
  static let toolMembers: [Need] = [
    ("strict", "structured-outputs-2025-11-13"),
    ("defer_loading", "advanced-tool-use-2025-11-20"),
    ("defer_loading", "tool-search-tool-2025-10-19"),
    ("allowed_callers", "advanced-tool-use-2025-11-20"),
    ("input_examples", "advanced-tool-use-2025-11-20"),
    ("input_examples", "tool-examples-2025-10-29"),
    ("eager_input_streaming", "fine-grained-tool-streaming-2025-05-14"),
  ]

  /// Members of a message, likewise.
  static let turnMembers: [Need] = [("output_config", "per-turn-control-2026-07-01")]

  /// What `cache_control` may hold, likewise.
  static let cacheMembers: [Need] = [("scope", "prompt-caching-scope-2026-01-05")]

  /// Tools that the platform itself runs, by what their types begin with.
  static let serverTools: [Need] = [
    ("web_search", "web-search-2025-03-05"), ("web_fetch", "web-fetch-2025-09-10"),
    ("code_execution", "code-execution-2025-08-25"), ("mcp_toolset", "mcp-client-2025-11-20"),
    ("advisor", "advisor-tool-2026-03-01"),
  ]
}
