internal import FuzzSupport

/// What the operator wrote, and names that callers choose.
enum GatewayTargets {
  static let all: [(name: String, run: TargetTable.Run)] = [
    ("configuration", ConfigurationCheck.file),
    ("environment-file", ConfigurationCheck.environment),
    ("base-url", ConfigurationCheck.address), ("model-pattern", ConfigurationCheck.pattern),
    ("credential-file", ConfigurationCheck.credential), ("token", IdentityCheck.token),
    ("issuer-keys", IdentityCheck.keys), ("forwarded-for", IdentityCheck.forwarded),
    ("network", IdentityCheck.network), ("cache-controls", IdentityCheck.cache),
  ]
}
