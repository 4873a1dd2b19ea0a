internal import CCrypto

/// Seals small secrets with AES-256-GCM, so that what is stored says nothing to who has not the key.
package struct Sealer: Sendable {
  /// Why sealed bytes do not open.
  package enum Fault: Error, Sendable {
    /// They are not of the form that this makes.
    case malformed
    /// They were changed, moved to another place, or sealed with another key.
    case refused
  }

  private static let version: UInt8 = 1
  private static let nonceSize = 12
  private static let tagSize = 16

  private let key: [UInt8]

  /// The key is derived from both secrets: whoever has one of them alone has nothing.
  package init(secret: [UInt8], and other: [UInt8]) {
    key = Digest.hmacSHA256(key: secret, Array("anyllm sealed secrets 1\n".utf8) + other)
  }

  /// Seals for one place, which has to be named again to open: a secret of one backend does not
  /// open as that of another.
  package func seal(_ plain: [UInt8], place: String) -> [UInt8] {
    let nonce = Digest.randomBytes(Self.nonceSize)
    let cipher = Cipher(key: key, nonce: nonce, encrypts: true)
    let sealed = cipher.pass(plain, bound: Array(place.utf8))
    let tag = cipher.tag()
    return [Self.version] + nonce + sealed + tag
  }

  /// What was sealed for that place.
  package func open(_ sealed: [UInt8], place: String) throws(Fault) -> [UInt8] {
    guard sealed.first == Self.version, sealed.count >= 1 + Self.nonceSize + Self.tagSize else {
      throw .malformed
    }
    let nonce = Array(sealed[1...Self.nonceSize])
    let body = Array(sealed[(1 + Self.nonceSize)..<(sealed.count - Self.tagSize)])
    let cipher = Cipher(key: key, nonce: nonce, encrypts: false)
    let plain = cipher.pass(body, bound: Array(place.utf8))
    guard cipher.proves(Array(sealed.suffix(Self.tagSize))) else { throw .refused }
    return plain
  }
}

/// One message's way through AES-256-GCM.
private struct Cipher: ~Copyable {
  private let context: Address
  private let encrypts: Bool

  init(key: [UInt8], nonce: [UInt8], encrypts: Bool) {
    let context = unsafe EVP_CIPHER_CTX_new()
    let isBegun = unsafe EVP_CipherInit_ex(
      context, EVP_aes_256_gcm(), nil, key, nonce, encrypts ? 1 : 0)
    precondition(isBegun == 1, "libcrypto has no AES-256-GCM")
    self.context = unsafe Address(context)
    self.encrypts = encrypts
  }

  deinit {
    unsafe EVP_CIPHER_CTX_free(context.opaque)
  }

  /// Encrypts or decrypts; `bound` is proved along and not hidden.
  func pass(_ text: [UInt8], bound: [UInt8]) -> [UInt8] {
    var length: Int32 = 0
    var out = [UInt8](repeating: 0, count: text.count)
    var isDone =
      unsafe EVP_CipherUpdate(
        context.opaque, nil, &length, bound, Int32(bound.count)) == 1
    if !text.isEmpty {
      isDone =
        unsafe EVP_CipherUpdate(context.opaque, &out, &length, text, Int32(text.count)) == 1
        && isDone
    }
    precondition(isDone, "libcrypto lost a cipher")
    return out
  }

  func tag() -> [UInt8] {
    var last = [UInt8](repeating: 0, count: 16)
    var tag = [UInt8](repeating: 0, count: 16)
    var length: Int32 = 0
    let isDone =
      unsafe EVP_CipherFinal_ex(context.opaque, &last, &length) == 1
      && EVP_CIPHER_CTX_ctrl(context.opaque, EVP_CTRL_AEAD_GET_TAG, 16, &tag) == 1
    precondition(isDone, "libcrypto lost a cipher")
    return tag
  }

  /// Whether what was decrypted is what was encrypted.
  func proves(_ tag: [UInt8]) -> Bool {
    var tag = tag
    var last = [UInt8](repeating: 0, count: 16)
    var length: Int32 = 0
    return unsafe EVP_CIPHER_CTX_ctrl(
      context.opaque, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
      && EVP_CipherFinal_ex(context.opaque, &last, &length) == 1
  }
}
