internal import Dialects

/// What is known of a provider by its name: address, key variables and quirks.
struct ProviderPreset: Sendable, Equatable {
  var id: String
  var kind: Settings.Backend.Kind
  /// Exactly what paths are appended to; nil when the operator has to say it.
  var baseURL: String?
  /// The first that is set holds the key; empty for a server that wants none.
  var keyVariables: [String]
  var quirks: Set<Target.Quirk>

  /// The variable that holds another base URL.
  var baseURLVariable: String? {
    switch id {
    case "openai": "OPENAI_BASE_URL"
    case "anthropic": "ANTHROPIC_BASE_URL"
    case "gemini": "GEMINI_BASE_URL"
    case "azure": "AZURE_OPENAI_ENDPOINT"
    default: nil
    }
  }

  /// The models that Claude's families become when nobody says otherwise.
  var familyModels: (big: String, small: String)? {
    switch id {
    case "openai", "azure": ("gpt-4o", "gpt-4o-mini")
    case "bedrock":
      (
        "anthropic.claude-sonnet-4-20250514-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0"
      )
    case "gemini", "vertex": ("gemini-2.5-pro", "gemini-2.5-flash")
    default: nil
    }
  }

  /// The names of models that are this provider's own.
  var familyPatterns: [String] {
    switch id {
    case "anthropic": ["claude-*"]
    case "openai": ["gpt-*", "chatgpt-*", "codex-*", "o1*", "o3*", "o4*"]
    case "gemini": ["gemini-*", "gemma-*"]
    default: []
    }
  }

  static func named(_ name: String) -> ProviderPreset? {
    let name = name.lowercased()
    return byID[ProviderTable.aliases[name] ?? name]
  }

  static let all: [ProviderPreset] = ProviderTable.rows.split(separator: "\n").compactMap(row)

  private static let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { $1 })

  /// Reads `id base keys quirks`, where `-` is nothing.
  private static func row(_ line: Substring) -> ProviderPreset? {
    let cells = line.split(separator: " ").map { $0 == "-" ? "" : String($0) }
    guard cells.count >= 3 else { return nil }
    let quirks = cells.count > 3 ? cells[3].split(separator: ",") : []
    return ProviderPreset(
      id: cells[0], kind: Settings.Backend.Kind(rawValue: cells[0]) ?? .openai,
      baseURL: cells[1].isEmpty ? nil : cells[1],
      keyVariables: cells[2].split(separator: ",").map(String.init),
      quirks: Set(quirks.compactMap { Target.Quirk(rawValue: String($0)) }))
  }
}
