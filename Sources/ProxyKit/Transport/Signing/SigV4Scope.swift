/// What a signature of Amazon's fourth kind is good for: a day, a region and a service.
package struct SigV4Scope: Sendable, Equatable {
  package var day: String
  package var region: String
  package var service: String

  package init(day: String, region: String, service: String) {
    self.day = day
    self.region = region
    self.service = service
  }

  var text: String { "\(day)/\(region)/\(service)/aws4_request" }

  /// The signature, in hexadecimal, of a request that was brought into its canonical form.
  func signature(of canonical: SigV4Canonical, at time: AmazonTime, secret: String) -> String {
    let digest = Hexadecimal.text(Digest.sha256(Array(canonical.text.utf8)))
    let words = "AWS4-HMAC-SHA256\n\(time.text)\n\(text)\n\(digest)"
    var key = Array("AWS4\(secret)".utf8)
    for part in [day, region, service, "aws4_request", words] {
      key = Digest.hmacSHA256(key: key, Array(part.utf8))
    }
    return Hexadecimal.text(key)
  }
}
