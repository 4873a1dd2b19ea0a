internal import Glibc

/// A numeric address of either family; one of version 4 is the same however it is written.
package struct NetworkAddress: Sendable, Hashable {
  /// Version 4 lies in `::ffff:0:0/96`, where version 6 maps it.
  let bits: UInt128

  init(bits: UInt128) {
    self.bits = bits
  }

  /// Reads `192.0.2.1`, `2001:db8::1`, `::ffff:192.0.2.1` and, with its zone, `fe80::1%eth0`.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 64, text.utf8.allSatisfy({ (33...126).contains($0) }) else {
      return nil
    }
    if let bits = Self.version4(String(text)) {
      self.bits = bits
      return
    }
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 1 || Self.isZone(parts[1]) else { return nil }
    var address = in6_addr()
    guard unsafe inet_pton(AF_INET6, String(parts[0]), &address) == 1 else { return nil }
    bits = unsafe withUnsafeBytes(of: &address) { bytes in
      unsafe bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    }
  }

  /// Reads what resolvers take for a host besides: `127.1`, `0x7f000001`, `2130706433`.
  package init?(host: some StringProtocol) {
    if let plain = NetworkAddress(host) {
      self = plain
      return
    }
    var address = in_addr()
    let isNumeric = host.utf8.first.map { (48...57).contains($0) } ?? false
    guard isNumeric, host.utf8.count <= 64, host.utf8.allSatisfy({ $0 > 32 }),
      unsafe inet_aton(String(host), &address) != 0
    else { return nil }
    bits = Self.mapped | UInt128(UInt32(bigEndian: address.s_addr))
  }

  package var isVersion4: Bool { bits >> 32 == 0xffff }

  /// The address of version 4 in it, as a number.
  var version4: UInt32? { isVersion4 ? UInt32(truncatingIfNeeded: bits) : nil }

  static let mapped = UInt128(0xffff) << 32

  private static func version4(_ text: String) -> UInt128? {
    var address = in_addr()
    guard unsafe inet_pton(AF_INET, text, &address) == 1 else { return nil }
    return mapped | UInt128(UInt32(bigEndian: address.s_addr))
  }

  private static func isZone(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.count <= 16
      && text.utf8.allSatisfy { (33...126).contains($0) && $0 != UInt8(ascii: "%") }
  }
}

extension NetworkAddress: CustomStringConvertible {
  package var description: String {
    if let number = version4 {
      return [24, 16, 8, 0].map { String(number >> $0 & 0xff) }.joined(separator: ".")
    }
    var bytes = (0..<16).map { UInt8(truncatingIfNeeded: bits >> UInt128(120 - 8 * $0)) }
    var text = [CChar](repeating: 0, count: 46)
    guard unsafe inet_ntop(AF_INET6, &bytes, &text, 46) != nil else { return "::" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
