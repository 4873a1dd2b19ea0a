/// All variables, each with the place that set it: the process, or an environment file.
struct EnvironmentTable {
  private var values: [String: Entry]

  /// A value that is not empty, and who said it.
  struct Entry {
    var value: String
    var place: ConfigurationPlace
    /// The name it was found under, which an alias makes another than the one asked for.
    var name: String
  }

  init(process: [String: String]) {
    values = [:]
    for (name, value) in process {
      values[name] = Entry(value: value, place: .environment, name: name)
    }
  }

  /// Adds what is not set yet: what came first wins.
  mutating func fill(from file: EnvironmentFile, path: String) {
    for entry in file.entries {
      let place = ConfigurationPlace(file: path, line: entry.line)
      // Within one file the last line wins, as in a shell.
      if let known = values[entry.name], known.place.file != path { continue }
      values[entry.name] = Entry(value: entry.value, place: place, name: entry.name)
    }
  }

  /// The variable or the first of its aliases that is set and not blank.
  subscript(name: String) -> Entry? {
    for candidate in [name] + (Self.aliases[name] ?? []) {
      guard var entry = values[candidate] else { continue }
      entry.value = entry.value.trimmed
      if !entry.value.isEmpty { return entry }
    }
    return nil
  }

  /// A variable exactly as it is set, which may be empty.
  func exact(_ name: String) -> Entry? { values[name] }

  var names: [String] { values.keys.sorted() }

  /// Other names of our variables, used only when the first is unset.
  static let aliases = [
    "PROXY_API_KEYS": ["LITELLM_MASTER_KEY"],
    "PROXY_CONFIG": ["ANYLLM_CONFIG", "LITELLM_CONFIG"],
    "OPENAI_BASE_URL": ["OPENAI_API_BASE"],
    "ANYLLM_LOG_LEVEL": ["RUST_LOG"],
    "ANYLLM_LOG_FORMAT": ["LOG_FORMAT"],
    "AZURE_OPENAI_API_KEY": ["AZURE_API_KEY"],
    "AZURE_OPENAI_ENDPOINT": ["AZURE_API_BASE"],
    "AZURE_OPENAI_API_VERSION": ["AZURE_API_VERSION", "OPENAI_API_VERSION"],
    "AWS_REGION": ["AWS_DEFAULT_REGION", "AWS_REGION_NAME"],
    "VERTEX_PROJECT": ["GOOGLE_CLOUD_PROJECT", "ANTHROPIC_VERTEX_PROJECT_ID"],
    "VERTEX_REGION": ["VERTEX_LOCATION", "GOOGLE_CLOUD_LOCATION", "CLOUD_ML_REGION"],
  ]
}
