internal import Dialects

extension ConfigurationReader {
  /// Reads `betas`, which wins over the table inside: `pass`, `drop` or another name for each beta.
  mutating func betas(_ section: Section, into backend: inout Settings.Backend) {
    guard let node = section.node("betas") else { return }
    let path = section.path(of: "betas")
    guard backend.kind.speaksAnthropic else {
      findings.refuse(
        "\(path) is for kind anthropic, vertex and bedrock", at: section.place,
        remedy: "remove it")
      return
    }
    for member in mapping(node, path: path) ?? [] {
      guard Self.isBeta(member.key) else {
        findings.refuse(
          "\(path): \"\(member.key)\" cannot be the name of a beta", at: place(member.keyMark),
          remedy: "write it as in the header anthropic-beta, such as context-1m-2025-08-07")
        continue
      }
      guard let text = text(member.value, path: "\(path).\(member.key)") else { continue }
      guard let treatment = Self.treatment(text.value.trimmed) else {
        findings.refuse(
          "\(path).\(member.key) is not understood", at: text.place,
          remedy: "write pass, drop or the name that this server has for it")
        continue
      }
      backend.betas[member.key.lowercased()] = treatment
    }
  }

  private static func treatment(_ text: String) -> BetaTreatment? {
    switch text {
    case "pass": .takes
    case "drop": .refuses
    default: isBeta(text) ? .takesAs(text) : nil
    }
  }

  /// A word that ends in a date, as all betas do, so that no misspelt `drop` is taken for one.
  private static func isBeta(_ text: String) -> Bool {
    text.utf8.last.map { (48...57).contains($0) } == true && text.utf8.count <= 128
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (97...122).contains($0) || (65...90).contains($0)
          || "-_.".utf8.contains($0)
      }
  }
}

extension Settings.Backend.Kind {
  /// Whether some of its models are asked in Anthropic's words.
  fileprivate var speaksAnthropic: Bool {
    switch self {
    case .anthropic, .vertex, .bedrock: true
    case .openai, .azure, .gemini, .demo: false
    }
  }
}
