internal import CCrypto

/// Hashes, signatures and randomness, by libcrypto.
package enum Digest {
  /// The 32 bytes of SHA-256.
  package static func sha256(_ message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 32
    let done = unsafe EVP_Digest(message, message.count, &digest, &length, EVP_sha256(), nil)
    precondition(done == 1 && length == 32, "libcrypto has no SHA-256")
    return digest
  }

  /// The 32 bytes of HMAC-SHA-256.
  package static func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    HMACKey(key).digest(of: message).bytes
  }

  /// Whether both are the same, in a time that tells nothing of where they differ.
  package static func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe CRYPTO_memcmp(left, right, left.count) == 0
  }

  /// `n` bytes nobody can guess.
  package static func randomBytes(_ n: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: n)
    let done = unsafe RAND_bytes(&bytes, Int32(n))
    precondition(done == 1, "the kernel gives no randomness")
    return bytes
  }
}

/// SHA-256 of a message that comes in pieces.
package struct RunningSHA256: ~Copyable {
  private let digest: Address

  package init() {
    let digest = unsafe EVP_MD_CTX_new()
    let begun = unsafe EVP_DigestInit_ex(digest, EVP_sha256(), nil)
    precondition(begun == 1, "libcrypto has no SHA-256")
    self.digest = unsafe Address(digest)
  }

  deinit {
    unsafe EVP_MD_CTX_free(digest.opaque)
  }

  package mutating func take(_ piece: [UInt8]) {
    let taken = unsafe EVP_DigestUpdate(digest.opaque, piece, piece.count)
    precondition(taken == 1, "libcrypto lost a digest")
  }

  /// The 32 bytes of everything that was taken.
  package consuming func finish() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 32
    let done = unsafe EVP_DigestFinal_ex(digest.opaque, &bytes, &length)
    precondition(done == 1 && length == 32, "libcrypto lost a digest")
    return bytes
  }
}
