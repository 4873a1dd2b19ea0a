/// The profiles of Amazon's two files, `~/.aws/config` and `~/.aws/credentials`.
///
///     [default] | [NAME] | [profile NAME], then lines of `key = value`
struct AmazonProfiles {
  private var profiles: [String: [String: String]] = [:]

  init(_ surroundings: CredentialSurroundings) throws(CredentialFault) {
    let config = surroundings.variable("AWS_CONFIG_FILE") ?? "~/.aws/config"
    let credentials =
      surroundings.variable("AWS_SHARED_CREDENTIALS_FILE") ?? "~/.aws/credentials"
    if let text = try surroundings.text(ofFile: config, called: "the file of AWS profiles") {
      read(text, needsPrefix: true)
    }
    // The second file has the last word.
    if let text = try surroundings.text(ofFile: credentials, called: "the file of AWS keys") {
      read(text, needsPrefix: false)
    }
  }

  subscript(name: String) -> [String: String]? { profiles[name] }

  private mutating func read(_ text: String, needsPrefix: Bool) {
    var current: String?
    for line in text.split(whereSeparator: \.isNewline) {
      let trimmed = line.trimmed
      if trimmed.isEmpty || trimmed.first == "#" || trimmed.first == ";" { continue }
      if trimmed.first == "[" {
        current = Self.name(trimmed, needsPrefix: needsPrefix)
        if let current, profiles[current] == nil { profiles[current] = [:] }
        continue
      }
      // What is indented belongs to a nested section, none of which concerns us.
      guard let current, line.first?.isWhitespace == false,
        let equals = trimmed.firstIndex(of: "=")
      else { continue }
      let key = trimmed[..<equals].trimmed.lowercased()
      profiles[current]?[key] = String(trimmed[trimmed.index(after: equals)...].trimmed)
    }
  }

  private static func name(_ line: Substring, needsPrefix: Bool) -> String? {
    guard let end = line.firstIndex(of: "]") else { return nil }
    let words = line[line.index(after: line.startIndex)..<end].split(whereSeparator: \.isWhitespace)
    if words.count == 2, words[0] == "profile" { return String(words[1]) }
    guard words.count == 1 else { return nil }
    return needsPrefix && words[0] != "default" ? nil : String(words[0])
  }
}
