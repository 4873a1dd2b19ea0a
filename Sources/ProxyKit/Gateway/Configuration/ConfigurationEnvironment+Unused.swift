extension ConfigurationEnvironment {
  /// Says which variables are set and do nothing in this version.
  mutating func noticeUnused() {
    let later = Self.later.filter { table.exact($0)?.value.trimmed.isEmpty == false }
    if !later.isEmpty {
      findings.notice(
        "set in the environment, but the features come later: \(later.joined(separator: ", "))")
    }
    for name in Self.guards where table.exact(name)?.value.trimmed.isEmpty == false {
      findings.notice(
        "\(name) is set, but this version does NOT enforce it: protect the gateway otherwise")
    }
    let known = Self.known
    for name in table.names where name.hasPrefix("ANYLLM_") && !known.contains(name) {
      let guess = NearestName.to(name, among: known).map { "; did you mean \($0)?" } ?? ""
      findings.notice("the variable \(name) is unknown\(guess)")
    }
  }

  /// Variables of features that are still to come.
  private static let later = [
    "TLS_CLIENT_CERT_P12", "TLS_CLIENT_CERT_PASSWORD",
    "LOG_BODIES",
    "CACHE_TTL_SECS", "CACHE_MAX_ENTRIES", "REDIS_URL", "RATE_LIMIT_FAIL_POLICY", "QDRANT_URL",
    "QDRANT_COLLECTION", "SEMANTIC_CACHE_THRESHOLD", "MODEL_PRICING_FILE", "FALLBACK_CONFIG",
    "WEBHOOK_URLS", "BATCH_WEBHOOK_URLS", "BATCH_WEBHOOK_SIGNING_SECRET",
    "LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY", "LANGFUSE_HOST",
    "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME", "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG", "ADMIN_PORT", "ADMIN_BIND", "ADMIN_DB_PATH", "ADMIN_TOKEN",
    "ADMIN_TOKEN_PATH", "ADMIN_LOG_RETENTION_DAYS", "DISABLE_ADMIN", "WEBUI", "ADMIN",
    "ANYLLM_ALLOW_BASH_EXECUTION", "FORGE_TOOL_CALL_POLICY", "ANTHROPIC_THINKING_REPAIR",
    "PXPIPE_COMPRESS", "PXPIPE_HISTORY", "PXPIPE_MODELS", "OPTIMIZER_MODE",
  ]

  /// Variables that protect, so that their silence would be dangerous.
  private static let guards = [
    "AUTH_MODE", "REDACT_SECRETS",
  ]

  /// Every variable of ours, those of the dashboard and the command line too.
  private static let known: Set<String> = [
    "ANYLLM_HOME", "ANYLLM_CONFIG", "ANYLLM_LISTEN", "ANYLLM_SOCKET", "ANYLLM_LOG_LEVEL",
    "ANYLLM_LOG_FORMAT", "ANYLLM_LOG_FILE", "ANYLLM_DEGRADATION_WARNINGS",
    "ANYLLM_ALLOW_BASH_EXECUTION", "ANYLLM_INSTANCE", "ANYLLM_OUTPUT", "ANYLLM_TIMEOUT",
    "ANYLLM_COLUMNS", "ANYLLM_HEADLESS", "ANYLLM_TUI", "ANYLLM_READONLY", "ANYLLM_SCREEN",
    "ANYLLM_FILTER", "ANYLLM_COLOR", "ANYLLM_THEME", "ANYLLM_ASCII", "ANYLLM_UTF8",
    "ANYLLM_GLYPHS", "ANYLLM_MOUSE", "ANYLLM_FPS", "ANYLLM_A11Y", "ANYLLM_PRIVACY",
    "ANYLLM_ON_HANGUP", "ANYLLM_ENV_FILE",
  ]
}
