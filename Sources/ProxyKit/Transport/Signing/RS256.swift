internal import CCrypto

/// RSA signatures with SHA-256 (RFC 7518, section 3.3), as service accounts sign their claims.
package enum RS256 {
  /// Why a key cannot sign.
  package enum Fault: Error, Sendable {
    case noKey, notRSA, failed
  }

  /// Signs with an unencrypted private key in PEM.
  package static func sign(_ message: [UInt8], keyPEM: String) throws(Fault) -> [UInt8] {
    ERR_clear_error()
    defer { ERR_clear_error() }
    guard let key = unsafe readKey(keyPEM) else { throw .noKey }
    defer { unsafe EVP_PKEY_free(key) }
    guard unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else { throw .notRSA }
    let digest = unsafe EVP_MD_CTX_new()
    defer { unsafe EVP_MD_CTX_free(digest) }
    guard unsafe EVP_DigestSignInit(digest, nil, EVP_sha256(), nil, key) == 1 else {
      throw .failed
    }
    var length = Int(unsafe EVP_PKEY_get_size(key))
    var signature = [UInt8](repeating: 0, count: max(length, 0))
    guard unsafe EVP_DigestSign(digest, &signature, &length, message, message.count) == 1 else {
      throw .failed
    }
    return Array(signature.prefix(length))
  }

  private static func readKey(_ pem: String) -> OpaquePointer? {
    let source = unsafe BIO_new(BIO_s_mem())
    defer { unsafe BIO_free(source) }
    unsafe BIO_write(source, pem, Int32(clamping: pem.utf8.count))
    // Without a callback an encrypted key would ask for its password at the terminal.
    return unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
  }
}
