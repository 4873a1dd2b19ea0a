internal import CCrypto

/// A key for HMAC-SHA-256 that is prepared once and used often (RFC 2104).
///
/// libcrypto's own HMAC looks its algorithm up and allocates for every message, which costs
/// several times the hashing of a short one.
package struct HMACKey: Sendable {
  private let inner: SHA256_CTX
  private let outer: SHA256_CTX

  package init(_ key: [UInt8]) {
    var block = key.count > 64 ? Digest.sha256(key) : key
    block += [UInt8](repeating: 0, count: 64 - block.count)
    inner = Self.begun(with: block.map { $0 ^ 0x36 })
    outer = Self.begun(with: block.map { $0 ^ 0x5c })
  }

  /// The 32 bytes that only who has the key can make of the message.
  package func digest(of message: [UInt8]) -> [UInt8] {
    Self.end(outer, with: Self.end(inner, with: message))
  }

  private static func begun(with block: [UInt8]) -> SHA256_CTX {
    var state = SHA256_CTX()
    let isBegun =
      unsafe SHA256_Init(&state) == 1 && SHA256_Update(&state, block, block.count) == 1
    precondition(isBegun, "libcrypto has no SHA-256")
    return state
  }

  private static func end(_ begun: SHA256_CTX, with message: [UInt8]) -> [UInt8] {
    var state = begun
    return unsafe [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
      let isDone =
        unsafe SHA256_Update(&state, message, message.count) == 1
        && SHA256_Final(digest.baseAddress, &state) == 1
      precondition(isDone, "libcrypto has no SHA-256")
      count = 32
    }
  }
}
