/// One request to an upstream, with all that decides how it is carried.
package struct UpstreamRequest: Sendable {
  package var method: String
  package var url: String
  /// Sent as they stand; nothing is added but `Host` and the length.
  package var fields: HTTPFields
  package var body: [UInt8]
  /// Milliseconds until there must be a connection, and the first byte of a reply.
  let connectTimeout: UInt64
  private(set) var firstByteTimeout: UInt64
  /// How long the upstream may be silent within its reply; our own pauses do not count.
  let idleTimeout: UInt64
  /// Nil goes straight, whatever the environment says.
  package var proxy: String?
  package var caFile: String?
  package var clientCertificate: (path: String, key: String)?
  package var unixSocketPath: String?
  /// Whether no compression is asked for and a reply that has some is decoded all the same.
  package var decodesCompression: Bool
  /// Asked about each numeric address before it is connected to; a proxy's is not asked about.
  package var mayConnect: (@Sendable (_ address: String) -> Bool)?

  package init(
    method: String = "POST", url: String, fields: HTTPFields = HTTPFields(), body: [UInt8] = [],
    connectTimeout: Duration = .seconds(10), firstByteTimeout: Duration = .seconds(600),
    idleTimeout: Duration = .seconds(300), proxy: String? = nil, caFile: String? = nil,
    clientCertificate: (path: String, key: String)? = nil, unixSocketPath: String? = nil,
    decodesCompression: Bool = true
  ) {
    self.method = method
    self.url = url
    self.fields = fields
    self.body = body
    self.connectTimeout = connectTimeout.wholeMilliseconds
    self.firstByteTimeout = firstByteTimeout.wholeMilliseconds
    self.idleTimeout = idleTimeout.wholeMilliseconds
    self.proxy = proxy
    self.caFile = caFile
    self.clientCertificate = clientCertificate
    self.unixSocketPath = unixSocketPath
    self.decodesCompression = decodesCompression
  }

  /// Lowers the bound on the time to the first byte of the reply.
  package mutating func expectFirstByte(within bound: Duration) {
    firstByteTimeout = min(firstByteTimeout, bound.wholeMilliseconds)
  }
}
