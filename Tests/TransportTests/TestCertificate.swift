import CCrypto
import Glibc
import TestSupport

/// A certificate for `localhost` that vouches for itself, made for one test.
struct TestCertificate {
  let certificatePEM: String
  let keyPEM: String

  init() throws {
    let maker = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
    defer { unsafe EVP_PKEY_CTX_free(maker) }
    var key: OpaquePointer?
    guard unsafe EVP_PKEY_keygen_init(maker) == 1,
      unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(maker, NID_X9_62_prime256v1) == 1,
      unsafe EVP_PKEY_keygen(maker, &key) == 1
    else { throw SocketError("no key") }
    defer { unsafe EVP_PKEY_free(key) }
    let certificate = unsafe X509_new()
    defer { unsafe X509_free(certificate) }
    unsafe X509_set_version(certificate, 2)
    unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
    unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), -60)
    unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), 3600)
    unsafe X509_set_pubkey(certificate, key)
    let name = unsafe X509_get_subject_name(certificate)
    let asciiText = TestCertificate.asciiText
    unsafe X509_NAME_add_entry_by_txt(name, "CN", asciiText, "localhost", -1, -1, 0)
    unsafe X509_set_issuer_name(certificate, name)
    guard unsafe X509_sign(certificate, key, EVP_sha256()) > 0 else {
      throw SocketError("not signed")
    }
    certificatePEM = unsafe try TestCertificate.text { unsafe PEM_write_bio_X509($0, certificate) }
    keyPEM = unsafe try TestCertificate.text {
      unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil)
    }
  }

  /// Has a file with the certificate while `body` runs.
  func withFile<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = temporaryPath("pem")
    guard let file = unsafe fopen(path, "w") else { throw SocketError("no file") }
    unsafe fputs(certificatePEM, file)
    unsafe fclose(file)
    defer { unsafe unlink(path) }
    return try await body(path)
  }

  /// `MBSTRING_ASC`, a macro that does not import.
  private static let asciiText: Int32 = 0x1001

  private static func text(_ write: (OpaquePointer?) -> Int32) throws -> String {
    let memory = unsafe BIO_new(BIO_s_mem())
    defer { unsafe BIO_free(memory) }
    guard unsafe write(memory) == 1 else { throw SocketError("not written") }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = unsafe BIO_read(memory, &bytes, Int32(bytes.count))
    guard count > 0 else { throw SocketError("not read") }
    return String(decoding: bytes[..<Int(count)], as: UTF8.self)
  }

}
