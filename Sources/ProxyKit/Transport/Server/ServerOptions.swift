/// Where and how an `HTTPServer` listens, and what it refuses by itself.
package struct ServerOptions: Sendable {
  /// A certificate chain and its key, both as PEM text.
  package struct TLS: Sendable {
    package var certificatePEM: String
    package var keyPEM: String

    package init(certificatePEM: String, keyPEM: String) {
      self.certificatePEM = certificatePEM
      self.keyPEM = keyPEM
    }
  }

  /// How a refusal made by the server itself is worded.
  package typealias ErrorBody =
    @Sendable (_ status: Int, _ path: String, _ message: String) -> (
      contentType: String, body: [UInt8]
    )

  package var host: String
  /// 0 lets the kernel choose; see `HTTPServer.boundPort`.
  package var port: Int
  /// Listen on this path instead of a port.
  package var unixPath: String?
  /// A Unix socket that listens already; it is the server's from now on.
  package var unixDescriptor: Int32?
  package var tls: TLS?
  package var maximumConnections: Int
  /// How large a request's head may be.
  package var headerBytes: Int
  /// How long a body may stall, a client not read, and a connection lie unused.
  package var idleTimeout: Duration
  /// How long a head may take to come.
  package var headerTimeout: Duration
  package var errorBody: ErrorBody

  package init(
    host: String = "127.0.0.1", port: Int = 0, unixPath: String? = nil,
    unixDescriptor: Int32? = nil, tls: TLS? = nil,
    maximumConnections: Int = 10_000, headerBytes: Int = 32_768,
    idleTimeout: Duration = .seconds(75), headerTimeout: Duration = .seconds(15),
    errorBody: @escaping ErrorBody = ServerOptions.plainError
  ) {
    self.host = host
    self.port = port
    self.unixPath = unixPath
    self.unixDescriptor = unixDescriptor
    self.tls = tls
    self.maximumConnections = maximumConnections
    self.headerBytes = headerBytes
    self.idleTimeout = idleTimeout
    self.headerTimeout = headerTimeout
    self.errorBody = errorBody
  }

  /// A small JSON object that belongs to no vendor.
  package static let plainError: ErrorBody = { status, _, message in
    ("application/json", Array(#"{"error":{"status":\#(status),"message":"\#(message)"}}"#.utf8))
  }
}
