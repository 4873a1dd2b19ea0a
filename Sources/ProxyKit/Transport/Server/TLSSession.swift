internal import CCrypto
internal import Glibc
internal import Synchronization

/// A server's certificate and key, ready for its connections.
final class TLSIdentity: Sendable {
  private let context: Address

  init(_ tls: ServerOptions.TLS) throws(TransportFailure) {
    let context = unsafe SSL_CTX_new(TLS_server_method())
    self.context = unsafe Address(context)
    guard unsafe context != nil, unsafe anyllm_ssl_prepare(context) == 1 else {
      throw TransportFailure(.local, "TLS does not start")
    }
    unsafe anyllm_ssl_speak_http(context)
    try unsafe TLSIdentity.use(tls.certificatePEM, tls.keyPEM, in: context)
  }

  deinit {
    unsafe SSL_CTX_free(context.opaque)
  }

  func makeSession() -> OpaquePointer? {
    unsafe SSL_new(context.opaque)
  }

  private static func use(
    _ certificatePEM: String, _ keyPEM: String, in context: OpaquePointer?
  ) throws(TransportFailure) {
    ERR_clear_error()
    let certificates = unsafe copied(certificatePEM)
    defer { unsafe BIO_free(certificates) }
    var count = 0
    while let certificate = unsafe PEM_read_bio_X509(certificates, nil, nil, nil) {
      let isUsed =
        unsafe count == 0
        ? SSL_CTX_use_certificate(context, certificate)
        : anyllm_ssl_add_chain(context, certificate)
      unsafe X509_free(certificate)
      guard isUsed == 1 else { break }
      count += 1
    }
    // The end of the text is an error too.
    ERR_clear_error()
    guard count > 0 else {
      throw TransportFailure(.tls, "the certificate cannot be used: is it PEM, the server's first?")
    }
    let keys = unsafe copied(keyPEM)
    defer { unsafe BIO_free(keys) }
    let key = unsafe PEM_read_bio_PrivateKey(keys, nil, nil, nil)
    defer { unsafe EVP_PKEY_free(key) }
    guard unsafe key != nil, unsafe SSL_CTX_use_PrivateKey(context, key) == 1,
      unsafe SSL_CTX_check_private_key(context) == 1
    else {
      ERR_clear_error()
      throw TransportFailure(.tls, "the key cannot be used: is it PEM, and the certificate's?")
    }
  }

  /// A source of `text` that outlives the call, unlike the pointer that a call is given.
  private static func copied(_ text: String) -> OpaquePointer? {
    let source = unsafe BIO_new(BIO_s_mem())
    unsafe BIO_write(source, text, Int32(text.utf8.count))
    return unsafe source
  }

  /// A copy of the text for OpenSSL to read.
  private static func memory(_ text: String) -> OpaquePointer? {
    let memory = unsafe BIO_new(BIO_s_mem())
    var text = text
    text.withUTF8 { bytes in
      _ = unsafe BIO_write(memory, bytes.baseAddress, Int32(clamping: bytes.count))
    }
    return unsafe memory
  }
}

/// One connection's TLS; used on its loop's thread only.
final class TLSSession: Sendable {
  private let session: Mutex<Address>

  init(_ identity: TLSIdentity, descriptor: Int32) {
    let session = unsafe identity.makeSession()
    unsafe SSL_set_fd(session, descriptor)
    unsafe SSL_set_accept_state(session)
    self.session = unsafe Mutex(Address(session))
  }

  deinit {
    unsafe SSL_free(session.withLock { $0 }.opaque)
  }

  /// Like `recv`: 0 at the end, -1 with `errno` when there is nothing or it broke.
  func read(_ buffer: UnsafeMutableRawPointer?, _ size: Int) -> Int {
    session.withLock { session in
      ERR_clear_error()
      let count = unsafe SSL_read(session.opaque, buffer, Int32(clamping: size))
      return count > 0 ? Int(count) : outcome(session, count)
    }
  }

  /// Like `send`.
  func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    session.withLock { session in
      ERR_clear_error()
      let count = unsafe SSL_write(session.opaque, bytes.baseAddress, Int32(clamping: bytes.count))
      if count > 0 { return Int(count) }
      let outcome = outcome(session, count)
      if outcome == 0 {
        errno = EPIPE
        return -1
      }
      return outcome
    }
  }

  /// Says goodbye, without waiting for an answer.
  func close() {
    session.withLock { session in
      ERR_clear_error()
      unsafe SSL_shutdown(session.opaque)
      ERR_clear_error()
    }
  }

  private func outcome(_ session: Address, _ result: Int32) -> Int {
    switch unsafe SSL_get_error(session.opaque, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: errno = EAGAIN
    case SSL_ERROR_ZERO_RETURN: return 0
    default: errno = ECONNRESET
    }
    return -1
  }
}
