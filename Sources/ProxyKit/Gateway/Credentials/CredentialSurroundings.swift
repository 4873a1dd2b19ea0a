internal import Transport

/// What credentials are found in, so that finding them depends on nothing else.
struct CredentialSurroundings: Sendable {
  /// Where tokens are asked for; each has the address the vendor gives it.
  struct Places: Sendable {
    var amazonContainer = "http://169.254.170.2"
    var amazonInstance = "http://169.254.169.254"
    /// Nil is the one of the region.
    var amazonTokens: String?
    var googleInstance = "http://169.254.169.254"
    var googleTokens = "https://oauth2.googleapis.com/token"
    var azureTokens = "https://login.microsoftonline.com"
    var azureInstance = "http://169.254.169.254"
  }

  var environment: EnvironmentTable
  var homeDirectory: String
  var readFile: @Sendable (_ path: String) -> FileContents
  /// Seconds since 1970.
  var now: @Sendable () -> Int64
  var places: Places
  /// The way out to public addresses; what lies on this machine or beside it is always called straight.
  var proxy: Secret?
  var caFile: String?

  init(
    environment: EnvironmentTable, homeDirectory: String,
    readFile: @escaping @Sendable (String) -> FileContents = FileContents.read,
    now: @escaping @Sendable () -> Int64 = { WallClock.milliseconds() / 1000 },
    places: Places = Places(), proxy: Secret? = nil, caFile: String? = nil
  ) {
    self.environment = environment
    self.homeDirectory = homeDirectory
    self.readFile = readFile
    self.now = now
    self.places = places
    self.proxy = proxy
    self.caFile = caFile
  }

  /// A variable that is set and not blank.
  func variable(_ name: String) -> String? { environment[name]?.value }

  /// Whether a variable says yes.
  func isSet(_ name: String) -> Bool {
    ["1", "true", "yes", "on"].contains(variable(name)?.lowercased() ?? "")
  }

  /// A path with the home directory in the place of `~`.
  func expanded(_ path: String) -> String {
    path == "~" || path.hasPrefix("~/") ? homeDirectory + path.dropFirst() : path
  }

  /// The text of a file; nil when there is none.
  func text(ofFile path: String, called what: String) throws(CredentialFault) -> String? {
    let path = expanded(path)
    switch readFile(path) {
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .missing: return nil
    case .unreadable(let reason):
      throw CredentialFault(
        .missing, "\(what) \(path) cannot be read: \(reason)",
        remedy: "let the gateway's user read it")
    }
  }

  /// The text of a file that something else points to.
  func text(ofRequiredFile path: String, called what: String) throws(CredentialFault) -> String {
    guard let text = try text(ofFile: path, called: what) else {
      throw CredentialFault(
        .missing, "\(what) \(expanded(path)) is not there", remedy: "correct the path")
    }
    return text
  }
}
