/// The variables by which clients find their server.
enum ClientEnvironment {
  /// Those whose value is a key.
  static let credentials: Set<String> = [
    "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY", "GEMINI_API_KEY", "AWS_BEARER_TOKEN_BEDROCK",
  ]

  /// What stands for a key where clients insist on one and the gateway does not.
  static let placeholder = "anyllm"

  /// What to set, and with nil what to take away.
  static func variables(
    address: String, key: String?, before: [String: String]
  ) -> [String: String?] {
    var variables: [String: String?] = [
      "ANTHROPIC_BASE_URL": address,
      "ANTHROPIC_BEDROCK_BASE_URL": address,
      "OPENAI_BASE_URL": "\(address)/v1",
      "OPENAI_API_BASE": "\(address)/v1",
      "GOOGLE_GEMINI_BASE_URL": address,
      "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": address,
    ]
    if let key {
      for name in credentials { variables[name] = key }
      // A second credential beside ours would be sent in its place.
      for name in ["ANTHROPIC_API_KEY", "GOOGLE_API_KEY"] {
        variables.updateValue(nil, forKey: name)
      }
    } else {
      let pairs = [
        ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"), ("OPENAI_API_KEY", "OPENAI_API_KEY"),
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        ("AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"),
      ]
      for (name, other) in pairs where before[name] == nil && before[other] == nil {
        variables[name] = placeholder
      }
    }
    stayOutOfProxies(address, before, &variables)
    return variables
  }

  /// An address of this machine must not be asked of a proxy elsewhere.
  private static func stayOutOfProxies(
    _ address: String, _ before: [String: String], _ variables: inout [String: String?]
  ) {
    let proxies = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"]
    guard proxies.contains(where: { before[$0]?.isEmpty == false }),
      address.contains("//127.") || address.contains("//[::1]")
    else { return }
    for name in ["NO_PROXY", "no_proxy"] {
      let known = before[name].map { $0.isEmpty ? [] : [$0] } ?? []
      variables[name] = (known + ["127.0.0.1", "::1", "localhost"]).joined(separator: ",")
    }
  }

  /// An address that means all of the machine's is none to connect to.
  static func reachable(_ url: String) -> String {
    for (every, own) in [("://0.0.0.0:", "://127.0.0.1:"), ("://[::]:", "://[::1]:")] {
      guard let start = url.firstRange(of: every) else { continue }
      return url[..<start.lowerBound] + own + url[start.upperBound...]
    }
    return url
  }
}
