internal import CCurl
internal import Synchronization

extension Transfer {
  /// Ends the transfer because nobody wants it any more; from any thread.
  func cancel() {
    client.loop.perform {
      self.client.end(self, .failure(self.failure(.cancelled, "was told to stop")))
    }
  }

  /// A failure of this transfer; `what` goes on after the destination.
  func failure(
    _ kind: TransportFailure.Kind, _ what: String, onReusedConnection: Bool = false
  ) -> TransportFailure {
    let isBefore = state.withLock { !$0.isHeadComplete }
    return TransportFailure(
      kind, "\(destination) \(what)", beforeResponse: isBefore,
      onReusedConnection: onReusedConnection)
  }

  /// What curl's result means; some only its words tell apart.
  func failure(
    _ result: CURLcode, _ easy: UnsafeMutableRawPointer, _ complaint: String
  ) -> TransportFailure {
    var connections = 0
    unsafe anyllm_curl_get_long(easy, CURLINFO_NUM_CONNECTS, &connections)
    var kind = state.withLock { $0.refusal } ?? TransportFailure.Kind(result)
    if result == CURLE_RECV_ERROR, complaint.has("chunk") { kind = .malformed }
    if result == CURLE_UNSUPPORTED_PROTOCOL, complaint.has("HTTP") { kind = .malformed }
    return failure(kind, kind.sentence, onReusedConnection: connections == 0 && kind != .address)
  }
}

extension String {
  fileprivate func has(_ words: String) -> Bool {
    indices.contains { self[$0...].hasPrefix(words) }
  }
}

extension TransportFailure.Kind {
  init(_ result: CURLcode) {
    self =
      switch result {
      case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: .refused
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolvable
      case CURLE_OPERATION_TIMEDOUT: .connectTimeout
      case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .address
      case CURLE_PARTIAL_FILE: .truncated
      case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2,
        CURLE_HTTP2_STREAM:
        .reset
      case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING,
        CURLE_WRITE_ERROR, CURLE_PROXY:
        .malformed
      case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: .local
      case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED,
        CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
        CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_SSL_SHUTDOWN_FAILED:
        .tls
      default: .reset
      }
  }

  /// What happened and what to do about it, after the name of the destination.
  var sentence: String {
    switch self {
    case .refused: "refuses connections: is it running, and is the port right?"
    case .unresolvable: "has a name that cannot be resolved: is it spelt right?"
    case .tls: "cannot be trusted or does not speak TLS: check its certificate and the CA file"
    case .connectTimeout: "did not accept a connection in time"
    case .firstByteTimeout: "did not begin its reply in time"
    case .idleTimeout: "fell silent in the middle of its reply"
    case .reset: "closed the connection"
    case .truncated: "closed the connection before its reply was complete"
    case .malformed: "sent something that is not HTTP"
    case .cancelled: "was told to stop"
    case .address: "is not an address that can be called: check the URL"
    case .local: "could not be called: this machine lacks memory or descriptors"
    }
  }
}
