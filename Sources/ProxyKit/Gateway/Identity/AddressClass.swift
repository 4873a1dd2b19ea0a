/// What an address is for, as far as it matters to who calls it on a stranger's word.
package enum AddressClass: String, Sendable {
  case `public`, loopback, `private`, linkLocal, metadata, reserved

  /// The narrowest that holds; an address of version 4 inside one of version 6 counts as itself.
  init(of address: NetworkAddress) {
    if Self.metadataRanges.contains(where: { $0.contains(address) }) {
      self = .metadata
    } else if let inner = Self.inner(of: address) {
      self.init(of: inner)
    } else {
      self = Self.table.first { $0.range.contains(address) }?.kind ?? .public
    }
  }

  /// The address of version 4 that a way from version 6 to version 4 leads to.
  private static func inner(of address: NetworkAddress) -> NetworkAddress? {
    for (range, shift) in ways where range.contains(address) {
      let number = UInt32(truncatingIfNeeded: address.bits >> UInt128(shift))
      // `::` and `::1` are no such ways.
      if range.prefix == 96, shift == 0, range.base.bits == 0, number <= 1 { return nil }
      return NetworkAddress(bits: NetworkAddress.mapped | UInt128(number))
    }
    return nil
  }

  /// Where 6to4, NAT64 and compatible addresses have theirs of version 4, counted from the end.
  private static let ways: [(range: AddressRange, shift: Int)] = [
    (range("2002::/16"), 80), (range("64:ff9b::/96"), 0), (range("::/96"), 0),
  ]

  /// Where clouds tell their machines who they are and what they may.
  private static let metadataRanges = [
    "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16",
    "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254",
  ].map(range)

  private static let table: [(range: AddressRange, kind: AddressClass)] =
    rows(.loopback, "127.0.0.0/8", "::1")
    + rows(.linkLocal, "169.254.0.0/16", "fe80::/10")
    + rows(
      .private, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7",
      "fec0::/10", "64:ff9b:1::/48")
    + rows(
      .reserved, "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
      "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::", "100::/64",
      "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "ff00::/8")

  private static func rows(
    _ kind: AddressClass, _ texts: String...
  ) -> [(range: AddressRange, kind: AddressClass)] {
    texts.map { (range($0), kind) }
  }

  private static func range(_ text: String) -> AddressRange {
    do {
      return try AddressRange(text)
    } catch {
      preconditionFailure("\(text) \(error.what)")
    }
  }
}
