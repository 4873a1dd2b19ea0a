internal import FuzzSupport
@testable internal import Transport

/// Signatures and codes that callers write.
enum SigningCheck {
  /// The input is the head of a request.
  static func claim(_ bytes: [UInt8]) {
    let text = bytes.shown
    _ = AmazonTime(text)
    _ = AmazonTime(iso8601: text)
    _ = AmazonTime(http: text)
    guard let parsed = HTTPCheck.head(of: bytes) else { return }
    let head = RequestHead(
      method: parsed.method, path: parsed.path, query: parsed.query, fields: parsed.fields,
      peer: .ip("127.0.0.1", port: 1))
    guard let claim = try? SigV4Claim(head) else { return }
    do {
      try claim.check(nowSeconds: 1_740_700_800, regions: ["us-east-1"], services: ["bedrock"])
    } catch {
      promise(!error.code.isEmpty && !error.message.isEmpty, "a refusal without words")
    }
    promise((try? claim.verify(secret: "unguessable", body: bytes)) == nil, "a forged signature")
  }

  static func percent(_ bytes: [UInt8]) {
    let text = bytes.shown
    let plain = URIEncoding.decode(text)
    promise(
      URIEncoding.decode(URIEncoding.encode(bytes, keepingSlashes: false)) == bytes,
      "encoded is not decoded")
    promise(
      URIEncoding.decode(URIEncoding.encode(plain, keepingSlashes: true)) == plain,
      "decoded is not the same")
    _ = PlainTarget(text, unixSocketPath: nil)
  }
}
