internal import Dialects
internal import Transport

/// From where one may call, and whose word counts on where a request came from.
package struct NetworkPolicy: Sendable, Equatable {
  /// Who may call; empty lets everybody.
  package var allow: [AddressRange] = []
  package var trust = Trust.nobody

  package init() {}

  /// Whose `X-Forwarded-For` is believed.
  package enum Trust: Sendable, Equatable {
    case nobody
    /// So many proxies stand before us: the entry of that number from the right is the client.
    ///
    /// Only from these peers, when there are any.
    case depth(Int, from: [AddressRange])
    /// Each of these is believed about the one before it.
    case proxies([AddressRange])
  }

  /// How many entries of a header are looked at.
  private static let mostEntries = 32

  /// The address of who calls, as the log shows it; throws when it may not call.
  func check(_ peer: Peer, _ fields: HTTPFields) throws(Failure) -> String {
    guard case .ip(let text, _) = peer else { return peer.text }
    if allow.isEmpty, trust == .nobody { return text }
    guard let address = NetworkAddress(text) else { throw Self.refusal }
    let client: NetworkAddress
    switch trust {
    case .nobody: client = address
    case .depth(let depth, let from):
      let isTrusted = from.isEmpty || from.contains { $0.contains(address) }
      client = isTrusted ? try entry(depth, of: fields, behind: address) : address
    case .proxies(let proxies):
      client = try first(notIn: proxies, of: fields, behind: address)
    }
    guard allow.isEmpty || allow.contains(where: { $0.contains(client) }) else {
      throw Self.refusal
    }
    return client.description
  }

  /// The entry that the outermost of our proxies wrote.
  private func entry(
    _ depth: Int, of fields: HTTPFields, behind peer: NetworkAddress
  ) throws(Failure) -> NetworkAddress {
    let entries = ForwardedFor(fields)
    var last = peer
    for number in 1...max(1, depth) {
      // Fewer entries than proxies: who called came in behind the outermost of them.
      guard let text = entries.fromRight(number) else { return last }
      guard let address = ForwardedFor.address(text) else { return try unknown(last) }
      last = address
    }
    return last
  }

  /// The first from the right that is none of the proxies.
  private func first(
    notIn proxies: [AddressRange], of fields: HTTPFields, behind peer: NetworkAddress
  ) throws(Failure) -> NetworkAddress {
    let entries = ForwardedFor(fields)
    var client = peer
    var number = 1
    while proxies.contains(where: { $0.contains(client) }) {
      guard let text = entries.fromRight(number) else { return client }
      guard number <= Self.mostEntries, let address = ForwardedFor.address(text) else {
        return try unknown(client)
      }
      client = address
      number += 1
    }
    return client
  }

  /// What is not understood opens no gate that is guarded.
  private func unknown(_ last: NetworkAddress) throws(Failure) -> NetworkAddress {
    guard allow.isEmpty else { throw Self.refusal }
    return last
  }

  private static let refusal = Failure(
    .permission, origin: .client, status: 403,
    "this address may not call; `network.allow` names those that may", code: "ip_not_allowed")
}

/// The entries of all `X-Forwarded-For` fields of a request, in order.
struct ForwardedFor {
  private let entries: [Substring]

  init(_ fields: HTTPFields) {
    entries = fields.all("x-forwarded-for").flatMap {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  /// The entry of that number, 1 for the last.
  func fromRight(_ number: Int) -> Substring? {
    number <= entries.count ? entries[entries.count - number] : nil
  }

  /// The address of an entry; a port behind it is left out.
  static func address(_ entry: Substring) -> NetworkAddress? {
    var text = entry.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      let tail = text[text.index(after: end)...]
      guard tail.isEmpty || isPort(tail) else { return nil }
      let inside = text[text.index(after: text.startIndex)..<end]
      return inside.contains(":") ? NetworkAddress(inside) : nil
    }
    guard let colon = text.firstIndex(of: ":"), text[text.index(after: colon)...].contains(":")
    else {
      let host = text.prefix { $0 != ":" }
      let tail = text[host.endIndex...]
      return tail.isEmpty || isPort(tail) ? NetworkAddress(host) : nil
    }
    return NetworkAddress(text)
  }

  private static func isPort(_ tail: Substring) -> Bool {
    (2...6).contains(tail.utf8.count) && tail.first == ":"
      && tail.utf8.dropFirst().allSatisfy { (48...57).contains($0) }
  }
}
