internal import Glibc

/// What a text says as a numeric address.
enum IPAddress {
  static func isVersion4(_ text: some StringProtocol) -> Bool {
    var address = in_addr()
    return unsafe inet_pton(AF_INET, String(text), &address) == 1
  }

  static func isVersion6(_ text: some StringProtocol) -> Bool {
    var address = in6_addr()
    return unsafe inet_pton(AF_INET6, String(text), &address) == 1
  }

  /// Whether only this machine can reach it.
  static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || (isVersion4(host) && host.hasPrefix("127."))
  }

  /// Whether it stands for every address of this machine.
  static func isAny(_ host: String) -> Bool { host == "0.0.0.0" || host == "::" }

  /// Whether the network it belongs to is not the public one.
  static func isPrivate(_ host: String) -> Bool {
    if isLoopback(host) || host.hasSuffix(".local") || host.hasSuffix(".internal") { return true }
    guard isVersion4(host) else { return !host.contains(".") || host.hasPrefix("fd") }
    let octets = host.split(separator: ".").compactMap { Int($0) }
    return octets[0] == 10 || (octets[0] == 172 && (16...31).contains(octets[1]))
      || (octets[0] == 192 && octets[1] == 168)
  }
}
