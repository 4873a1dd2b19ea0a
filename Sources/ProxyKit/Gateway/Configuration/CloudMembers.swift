internal import Dialects

/// Where a cloud's servers are: what is known when only region, project or resource is given.
extension Settings.Backend {
  /// The address below which paths are appended, for a kind that has no fixed one.
  var usualCloudAddress: String? {
    switch kind {
    case .bedrock:
      cloud.region.map { "https://bedrock-runtime.\($0).amazonaws.com" }
    case .vertex:
      cloud.region.flatMap { region in
        let host = region == "global" ? "" : "\(region)-"
        return projectPath.map { "https://\(host)aiplatform.googleapis.com/v1\($0)" }
      }
    case .openai, .anthropic, .azure, .gemini, .demo: nil
    }
  }

  /// The same below a host that the operator chose.
  func cloudAddress(below url: BaseURL) -> String {
    var text = url.plain
    switch kind {
    case .azure:
      for suffix in ["/openai/v1", "/openai"] where text.hasSuffix(suffix) {
        text.removeLast(suffix.count)
      }
    case .gemini:
      if text.hasSuffix("/openai") { text.removeLast("/openai".count) }
      if !url.hasPath { text += "/v1beta" }
    case .vertex:
      guard !text.contains("/projects/") else { break }
      if !url.hasPath { text += "/v1" }
      text += projectPath ?? ""
    case .openai, .anthropic, .bedrock, .demo: break
    }
    return text
  }

  private var projectPath: String? {
    guard let project = cloud.project, let region = cloud.region else { return nil }
    return "/projects/\(project)/locations/\(region)"
  }
}

extension Settings.Backend.Kind {
  /// Whether the place is made of more than a base URL.
  var isCloud: Bool {
    switch self {
    case .azure, .gemini, .vertex, .bedrock: true
    case .openai, .anthropic, .demo: false
    }
  }

  /// Whether a bearer token can stand in for a key.
  var takesToken: Bool { self == .anthropic || self == .azure || self == .vertex }

  /// Whether credentials are looked for where the cloud's own tools look.
  var findsCredentials: Bool { self == .azure || self == .vertex || self == .bedrock }

  /// What to write in the file when the address is not known.
  var addressRemedy: String {
    switch self {
    case .azure: "write base_url: https://RESOURCE.openai.azure.com"
    case .vertex: "write project: and region: (or base_url:)"
    case .bedrock: "write region: (or base_url:)"
    case .openai, .anthropic, .gemini, .demo: "write base_url: https://…/v1"
    }
  }

  /// What to set in the environment when the address is not known.
  var addressVariables: String {
    switch self {
    case .azure: "set AZURE_OPENAI_ENDPOINT"
    case .vertex: "set VERTEX_PROJECT and VERTEX_REGION"
    case .bedrock: "set AWS_REGION"
    case .openai, .anthropic, .gemini, .demo: "set OPENAI_BASE_URL"
    }
  }
}

/// The members of a backend that stands in a cloud, and the variables that fill them.
enum CloudMembers {
  static let keys = [
    "region", "project", "api_version", "access_key_id", "secret_access_key",
    "secret_access_key_file", "session_token", "session_token_file", "profile",
    "credentials_file", "tenant_id", "client_id", "client_secret", "client_secret_file",
  ]

  /// Which of them each kind takes.
  static func keys(of kind: Settings.Backend.Kind) -> [String] {
    switch kind {
    case .azure:
      ["api_version", "tenant_id", "client_id", "client_secret", "client_secret_file"]
    case .vertex: ["region", "project", "credentials_file"]
    case .bedrock:
      [
        "region", "access_key_id", "secret_access_key", "secret_access_key_file",
        "session_token", "session_token_file", "profile",
      ]
    case .openai, .anthropic, .gemini, .demo: []
    }
  }

  /// Takes from the environment what the file does not say.
  static func fill(_ backend: inout Settings.Backend, from table: EnvironmentTable) {
    switch backend.kind {
    case .azure:
      backend.cloud.apiVersion =
        backend.cloud.apiVersion ?? table["AZURE_OPENAI_API_VERSION"]?.value
      if let deployment = table["AZURE_OPENAI_DEPLOYMENT"]?.value, backend.bigModel == nil,
        backend.smallModel == nil
      {
        backend.bigModel = deployment
        backend.smallModel = deployment
      }
    case .vertex:
      backend.cloud.project = backend.cloud.project ?? table["VERTEX_PROJECT"]?.value
      backend.cloud.region = backend.cloud.region ?? table["VERTEX_REGION"]?.value
    case .bedrock:
      backend.cloud.region = backend.cloud.region ?? table["AWS_REGION"]?.value
    case .openai, .anthropic, .gemini, .demo: break
    }
  }
}

extension ConfigurationReader {
  /// Reads which language is spoken, and where in a cloud the backend stands.
  mutating func clouds(
    _ section: Section, vendors: VendorEnvironment, into backend: inout Settings.Backend
  ) {
    format(section, into: &backend)
    let taken = CloudMembers.keys(of: backend.kind)
    for key in CloudMembers.keys where section.has(key) && !taken.contains(key) {
      findings.refuse(
        "\(section.path).\(key) says nothing to kind \(backend.kind.rawValue)",
        at: section.place, remedy: "remove it")
    }
    backend.cloud.region = place("region", in: section)
    backend.cloud.project = place("project", in: section)
    backend.cloud.apiVersion = place("api_version", in: section)
    backend.cloud.accessKeyID = value("access_key_id", in: section, .text)
    backend.cloud.secretAccessKey = secret("secret_access_key", in: section)
    backend.cloud.sessionToken = secret("session_token", in: section)
    backend.cloud.profile = value("profile", in: section, .text)
    backend.cloud.credentialsFile = filePath("credentials_file", in: section)
    backend.cloud.tenantID = place("tenant_id", in: section)
    backend.cloud.clientID = value("client_id", in: section, .text)
    backend.cloud.clientSecret = secret("client_secret", in: section)
    if (backend.cloud.accessKeyID == nil) != (backend.cloud.secretAccessKey == nil) {
      findings.refuse(
        "\(section.path) has one of access_key_id and secret_access_key", at: section.place,
        remedy: "write both, or none to use the usual chain")
    }
    CloudMembers.fill(&backend, from: vendors.environment)
  }

  private mutating func format(_ section: Section, into backend: inout Settings.Backend) {
    guard let format = value("format", in: section, ScalarForm<Settings.Backend.Format>.choice)
    else { return }
    guard backend.kind.formats.contains(format) else {
      let names = backend.kind.formats.map(\.rawValue).joined(separator: ", ")
      findings.refuse(
        "\(section.path).format \(format.rawValue) is not spoken by kind "
          + backend.kind.rawValue, at: section.place,
        remedy: names.isEmpty ? "remove it" : "use one of \(names)")
      return
    }
    backend.format = format
    guard backend.kind == .gemini, format == .openai else { return }
    backend.quirks = [.googleThinking, .noStrictTools, .noSerialTools]
  }

  /// A word that becomes part of an address.
  private mutating func place(_ key: String, in section: Section) -> String? {
    value(
      key, in: section,
      ScalarForm(expected: "made of letters, digits, \"-\", \"_\" and \".\"") { text in
        let isPlain = text.utf8.allSatisfy {
          (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
            || "-_.:".utf8.contains($0)
        }
        return isPlain && !text.isEmpty ? text : nil
      })
  }
}
