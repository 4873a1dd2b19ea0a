/// An `http` or `https` URL without anything but host, port and path.
struct BaseURL: Equatable {
  let scheme: String
  /// Lowercased; an IPv6 address without brackets.
  let host: String
  let port: Int
  private let authority: String
  private let segments: [String]

  /// What is wrong with a text that is not such a URL.
  struct Fault: Error, Equatable {
    let what: String
    let remedy: String
  }

  init(_ text: String) throws(Fault) {
    guard let colon = text.firstRange(of: "://") else {
      throw Fault(what: "has no scheme", remedy: "begin it with https:// or http://")
    }
    scheme = text[..<colon.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else {
      throw Fault(what: "is not a web address", remedy: "begin it with https:// or http://")
    }
    let rest = text[colon.upperBound...]
    guard rest.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw Fault(what: "has a space or a sign that no URL has", remedy: "percent-encode it")
    }
    guard !rest.contains("?"), !rest.contains("#") else {
      throw Fault(
        what: "has a query or a fragment", remedy: "keep what stands before the ? or #")
    }
    let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    authority = (parts.first ?? "").lowercased()
    guard !authority.contains("@") else {
      throw Fault(what: "has a user or password in it", remedy: "give it as api_key")
    }
    (host, port) = try Self.hostAndPort(authority, scheme: scheme)
    segments = parts.dropFirst().filter { !$0.isEmpty }.map(String.init)
  }

  private static func hostAndPort(
    _ authority: String, scheme: String
  ) throws(Fault) -> (String, Int) {
    var host = authority[...]
    var port: Substring?
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      let tail = host[host.index(after: end)...]
      host = host[host.index(after: host.startIndex)..<end]
      guard tail.isEmpty || tail.hasPrefix(":"), IPAddress.isVersion6(host) else {
        throw Fault(what: "has no valid host", remedy: "write https://[address]:port")
      }
      port = tail.isEmpty ? nil : tail.dropFirst()
    } else if let colon = host.firstIndex(of: ":") {
      port = host[host.index(after: colon)...]
      host = host[..<colon]
    }
    let allowed = host.utf8.allSatisfy {
      (48...57).contains($0) || (97...122).contains($0) || ".-_:%".utf8.contains($0)
    }
    guard !host.isEmpty, allowed else {
      throw Fault(what: "has no valid host", remedy: "write https://host or https://host:port")
    }
    guard let port, !port.isEmpty else { return (String(host), scheme == "https" ? 443 : 80) }
    guard let number = Int(port), (1...65_535).contains(number) else {
      throw Fault(what: "has no valid port", remedy: "use a port from 1 to 65535")
    }
    return (String(host), number)
  }

  /// As it was written, without trailing slashes.
  var plain: String { joined(segments) }

  /// With the version that paths are appended to, whether or not it was written.
  ///
  /// An OpenAI-compatible path that has a version anywhere (`/v1beta/openai`) is complete; an
  /// Anthropic one is when it ends in it, because vendors put Anthropic below versions of their own.
  func versioned(for kind: Settings.Backend.Kind) -> String {
    var path = segments
    if kind == .openai, path.suffix(2) == ["chat", "completions"] { path.removeLast(2) }
    if kind == .anthropic, path.last == "messages" { path.removeLast() }
    let isComplete =
      kind == .anthropic
      ? path.last.map(Self.isVersion) ?? false : path.contains(where: Self.isVersion)
    return joined(isComplete ? path : path + ["v1"])
  }

  var hasPath: Bool { !segments.isEmpty }

  /// Whether this is the machine we run on.
  var isLoopback: Bool { IPAddress.isLoopback(host) }

  private func joined(_ path: [String]) -> String {
    "\(scheme)://\(authority)" + path.map { "/\($0)" }.joined()
  }

  /// `v1`, `v4`, `v1beta`, `v2alpha1`.
  private static func isVersion(_ segment: String) -> Bool {
    guard segment.first == "v", let digit = segment.dropFirst().first else { return false }
    return digit.isASCII && digit.isNumber
      && segment.dropFirst(2).allSatisfy { $0.isASCII && ($0.isNumber || $0.isLowercase) }
  }
}
