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

  /// What only who has the key can make of the message.
  package func digest(of message: [UInt8]) -> SHA256Digest {
    unsafe message.withUnsafeBytes { unsafe digest(of: $0) }
  }

  package func digest(of message: String) -> SHA256Digest {
    var message = message
    return message.withUTF8 { unsafe digest(of: UnsafeRawBufferPointer($0)) }
  }

  private func digest(of message: UnsafeRawBufferPointer) -> SHA256Digest {
    let inside = unsafe Self.end(inner, with: message)
    return unsafe withUnsafeBytes(of: inside.words) { unsafe Self.end(outer, with: $0) }
  }

  private static func begun(with block: [UInt8]) -> SHA256_CTX {
    var state = SHA256_CTX()
    let isBegun =
      unsafe SHA256_Init(&state) == 1 && SHA256_Update(&state, block, block.count) == 1
    precondition(isBegun, "libcrypto has no SHA-256")
    return state
  }

  private static func end(_ begun: SHA256_CTX, with message: UnsafeRawBufferPointer)
    -> SHA256Digest
  {
    var state = begun
    var digest = SHA256Digest()
    let isDone = unsafe withUnsafeMutableBytes(of: &digest.words) { words in
      unsafe SHA256_Update(&state, message.baseAddress, message.count) == 1
        && SHA256_Final(words.baseAddress?.assumingMemoryBound(to: UInt8.self), &state) == 1
    }
    precondition(isDone, "libcrypto has no SHA-256")
    return digest
  }
}

/// A digest to look things up by, which takes no memory of its own.
package struct SHA256Digest: Sendable, Hashable {
  fileprivate var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  fileprivate init() {}

  /// Nothing when there are not 32 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    unsafe withUnsafeMutableBytes(of: &words) { unsafe $0.copyBytes(from: bytes) }
  }

  package var bytes: [UInt8] { unsafe withUnsafeBytes(of: words) { unsafe [UInt8]($0) } }

  package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
    left.words == right.words
  }

  /// Its bits are as good as chance already.
  package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
