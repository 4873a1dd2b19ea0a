/// Signs requests to Amazon (Signature Version 4).
package struct SigV4Signer: Sendable {
  /// Who signs.
  package struct Credentials: Sendable {
    package var accessKeyID: String
    package var secretAccessKey: String
    package var sessionToken: String?

    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
      self.accessKeyID = accessKeyID
      self.secretAccessKey = secretAccessKey
      self.sessionToken = sessionToken
    }
  }

  private let credentials: Credentials
  private let region: String
  private let service: String

  package init(_ credentials: Credentials, region: String, service: String) {
    self.credentials = credentials
    self.region = region
    self.service = service
  }

  /// Adds host, date, token and signature; nothing that is signed may change afterwards.
  ///
  /// What is signed is what Amazon asks for and no more, so that a proxy on the way may do what
  /// proxies do to the rest.
  package func sign(_ request: inout UpstreamRequest, atSeconds seconds: Int64) {
    let time = AmazonTime(seconds: seconds)
    let place = URLPlace(request.url)
    for name in ["authorization", "date", "x-amz-security-token"] { request.fields.remove(name) }
    request.fields.set("host", place.host)
    request.fields.set("x-amz-date", time.text)
    if let token = credentials.sessionToken { request.fields.append("x-amz-security-token", token) }
    let signed = Self.namesToSign(request.fields)
    let hash = Hexadecimal.text(Digest.sha256(request.body))
    if request.fields.contains("x-amz-content-sha256") {
      request.fields.set("x-amz-content-sha256", hash)
    }
    let canonical = SigV4Canonical(
      method: request.method, path: place.path, query: place.query, fields: request.fields,
      signed: signed, payloadHash: hash, service: service)
    let scope = SigV4Scope(day: time.day, region: region, service: service)
    let signature = scope.signature(
      of: canonical, at: time, secret: credentials.secretAccessKey)
    request.fields.append(
      "authorization",
      "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope.text), "
        + "SignedHeaders=\(signed.joined(separator: ";")), Signature=\(signature)")
  }

  private static func namesToSign(_ fields: HTTPFields) -> [String] {
    var names: Set<String> = []
    for (name, _) in fields {
      let name = name.lowercased()
      if name == "host" || name == "content-type" || name.hasPrefix("x-amz-") {
        names.insert(name)
      }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension SigV4Signer.Credentials: CustomStringConvertible, CustomReflectable {
  /// The name of the key alone, so that no print and no mirror shows the rest.
  package var description: String { accessKeyID }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The parts of a URL as they stand on the wire.
struct URLPlace {
  var host: String
  var path: String
  var query: String?

  init(_ url: String) {
    var rest = url.prefix { $0 != "#" }
    var defaultPort = ""
    if let scheme = rest.firstRange(of: "://") {
      defaultPort = rest[..<scheme.lowerBound].lowercased() == "https" ? ":443" : ":80"
      rest = rest[scheme.upperBound...]
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let tail = rest[authority.endIndex...]
    let named = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
    host = (named ?? authority).lowercased()
    if !defaultPort.isEmpty, host.hasSuffix(defaultPort) {
      host.removeLast(defaultPort.count)
    }
    let target = tail.prefix { $0 != "?" }
    path = target.isEmpty ? "/" : String(target)
    query = target.endIndex < tail.endIndex ? String(tail[target.endIndex...].dropFirst()) : nil
  }
}
