internal import CCrypto

/// A way of signing tokens (RFC 7518 and RFC 8037); those without a public key are none of ours.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case edDSA = "EdDSA"
}

/// A public key as an issuer publishes it, which proves signatures of the ways that fit it.
///
/// libcrypto's key is only read after it was made, which many threads may do at once.
package final class SignatureKey: Sendable {
  /// What a key is made of.
  package enum Material: Sendable, Equatable {
    case rsa(modulus: [UInt8], exponent: [UInt8])
    case p256(x: [UInt8], y: [UInt8])
    case p384(x: [UInt8], y: [UInt8])
    case ed25519([UInt8])
  }

  /// Keys of RSA that are weaker are broken; longer ones would cost too much to ask for.
  private static let modulusBits = 2048...8192

  private let key: Address
  private let material: Material

  /// Nothing when the numbers are no key, or one that is too weak.
  package init?(_ material: Material) {
    guard let encoded = Self.encoded(material) else { return nil }
    ERR_clear_error()
    defer { ERR_clear_error() }
    let key = unsafe encoded.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return unsafe Address(d2i_PUBKEY(nil, &start, bytes.count))
    }
    guard key != .none else { return nil }
    self.key = key
    self.material = material
  }

  deinit {
    unsafe EVP_PKEY_free(key.opaque)
  }

  /// Whether this key may prove signatures of that kind.
  package func fits(_ algorithm: SignatureAlgorithm) -> Bool {
    switch (material, algorithm) {
    case (.rsa, .rs256), (.rsa, .rs384), (.rsa, .rs512), (.p256, .es256), (.p384, .es384),
      (.ed25519, .edDSA):
      true
    default: false
    }
  }

  /// Whether who has the private key signed the message.
  package func proves(
    _ signature: [UInt8], of message: [UInt8], by algorithm: SignatureAlgorithm
  ) -> Bool {
    guard fits(algorithm), let signature = encoded(signature) else { return false }
    ERR_clear_error()
    defer { ERR_clear_error() }
    let digest = unsafe EVP_MD_CTX_new()
    defer { unsafe EVP_MD_CTX_free(digest) }
    let hash: OpaquePointer? =
      switch algorithm {
      case .rs256, .es256: unsafe EVP_sha256()
      case .rs384, .es384: unsafe EVP_sha384()
      case .rs512: unsafe EVP_sha512()
      case .edDSA: nil
      }
    guard unsafe EVP_DigestVerifyInit(digest, nil, hash, nil, key.opaque) == 1 else {
      return false
    }
    return unsafe EVP_DigestVerify(
      digest, signature, signature.count, message, message.count) == 1
  }

  /// The signature as libcrypto wants it; nil when its length is not that of the key.
  private func encoded(_ signature: [UInt8]) -> [UInt8]? {
    switch material {
    case .rsa(let modulus, _):
      signature.count == modulus.drop { $0 == 0 }.count ? signature : nil
    case .ed25519: signature.count == 64 ? signature : nil
    case .p256: Self.pair(signature, size: 32)
    case .p384: Self.pair(signature, size: 48)
    }
  }

  private static func pair(_ signature: [UInt8], size: Int) -> [UInt8]? {
    guard signature.count == 2 * size else { return nil }
    return DER.sequence(
      DER.integer(Array(signature[..<size])) + DER.integer(Array(signature[size...])))
  }

  /// The key as a SubjectPublicKeyInfo.
  private static func encoded(_ material: Material) -> [UInt8]? {
    switch material {
    case .rsa(let modulus, let exponent):
      let modulus = Array(modulus.drop { $0 == 0 })
      let exponent = Array(exponent.drop { $0 == 0 })
      guard let first = modulus.first,
        modulusBits.contains(modulus.count * 8 - first.leadingZeroBitCount),
        modulus.last.map({ $0 & 1 == 1 }) == true, exponent.count <= 5,
        exponent.last.map({ $0 & 1 == 1 }) == true, exponent != [1]
      else { return nil }
      let numbers = DER.sequence(DER.integer(modulus) + DER.integer(exponent))
      return DER.publicKey(
        DER.identifier([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]) + [0x05, 0x00],
        numbers)
    case .p256(let x, let y):
      guard x.count == 32, y.count == 32 else { return nil }
      return curve([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], x + y)
    case .p384(let x, let y):
      guard x.count == 48, y.count == 48 else { return nil }
      return curve([0x2b, 0x81, 0x04, 0x00, 0x22], x + y)
    case .ed25519(let point):
      guard point.count == 32 else { return nil }
      return DER.publicKey(DER.identifier([0x2b, 0x65, 0x70]), point)
    }
  }

  private static func curve(_ name: [UInt8], _ point: [UInt8]) -> [UInt8] {
    DER.publicKey(
      DER.identifier([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]) + DER.identifier(name),
      [0x04] + point)
  }
}

/// As much of ASN.1's encoding (X.690) as public keys and signatures need.
private enum DER {
  static func sequence(_ content: [UInt8]) -> [UInt8] { tagged(0x30, content) }

  static func identifier(_ content: [UInt8]) -> [UInt8] { tagged(0x06, content) }

  /// A number that is not negative.
  static func integer(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array(bytes.drop { $0 == 0 })
    guard let first = digits.first else { return tagged(0x02, [0]) }
    return tagged(0x02, first >= 0x80 ? [0] + digits : digits)
  }

  static func publicKey(_ algorithm: [UInt8], _ key: [UInt8]) -> [UInt8] {
    sequence(sequence(algorithm) + tagged(0x03, [0] + key))
  }

  private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    if count < 0x80 { return [tag, UInt8(count)] + content }
    if count < 0x100 { return [tag, 0x81, UInt8(count)] + content }
    return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xff)] + content
  }
}
