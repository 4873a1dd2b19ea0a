/// A network: all addresses that begin with the same bits.
package struct AddressRange: Sendable, Hashable {
  let base: NetworkAddress
  /// Of 128 bits, for version 4 too.
  let prefix: Int

  /// What is wrong with the text of a network.
  struct Fault: Error, Equatable {
    let what: String
    var remedy = "write 10.0.0.0/8, 2001:db8::/32 or a single address"
  }

  /// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone.
  init(_ text: String) throws(Fault) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, !first.contains("%"), let address = NetworkAddress(first)
    else { throw Fault(what: "is not an address or network") }
    guard parts.count == 2 else {
      self.init(address, prefix: 128)
      return
    }
    let isMappedText = address.isVersion4 && first.contains(":")
    let most = address.isVersion4 && !isMappedText ? 32 : 128
    guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
      let length = Int(parts[1]), (0...most).contains(length)
    else { throw Fault(what: "has no prefix from 0 to \(most)") }
    let prefix = length + 128 - most
    let base = NetworkAddress(bits: address.bits & Self.mask(prefix))
    guard base == address else {
      throw Fault(
        what: "has bits beyond its prefix", remedy: "write \(base)/\(length)")
    }
    self.init(base, prefix: prefix)
  }

  init(_ base: NetworkAddress, prefix: Int) {
    self.base = base
    self.prefix = prefix
  }

  /// Whether an address lies in it; `::/0` is all of version 6 and nothing of version 4.
  package func contains(_ address: NetworkAddress) -> Bool {
    address.bits & Self.mask(prefix) == base.bits && (prefix >= 96 || !address.isVersion4)
  }

  /// Whether all of another network lies in it.
  func covers(_ other: AddressRange) -> Bool {
    prefix <= other.prefix && contains(other.base)
  }

  private static func mask(_ prefix: Int) -> UInt128 {
    prefix == 0 ? 0 : UInt128.max << UInt128(128 - prefix)
  }
}

extension AddressRange: CustomStringConvertible {
  package var description: String {
    if prefix == 128 { return base.description }
    return "\(base)/\(base.isVersion4 ? prefix - 96 : prefix)"
  }
}
