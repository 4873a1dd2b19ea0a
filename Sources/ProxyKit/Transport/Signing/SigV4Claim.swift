/// What a caller says about the signature of its request, read from the head.
///
/// The head tells whether it can be right at all, before the body is read; only the body tells
/// whether it is.
package struct SigV4Claim: Sendable {
  package let accessKeyID: String
  package let scope: SigV4Scope
  /// Seconds since 1970, when the caller says to have signed.
  package let signedAt: Int64

  private let time: AmazonTime
  private let signature: String
  private let signed: [String]
  private let head: RequestHead

  /// Nil when the request has no signature of this kind.
  package init?(_ head: RequestHead) throws(SigV4Refusal) {
    guard let authorization = head.fields.first("authorization"),
      authorization.hasPrefix(Self.algorithm)
    else { return nil }
    let parts = try Self.parts(of: authorization.dropFirst(Self.algorithm.count))
    let place = parts.credential.split(separator: "/", omittingEmptySubsequences: false)
    guard place.count >= 5, place[place.count - 1] == "aws4_request" else {
      throw .incomplete("its Credential is not KEY/DAY/REGION/SERVICE/aws4_request")
    }
    accessKeyID = place.dropLast(4).joined(separator: "/")
    scope = SigV4Scope(
      day: String(place[place.count - 4]), region: String(place[place.count - 3]),
      service: String(place[place.count - 2]))
    signature = parts.signature
    signed = parts.signed.split(separator: ";").map { $0.lowercased() }
    guard signed.contains("host") else { throw .incomplete("it does not sign the header host") }
    time = try Self.time(head.fields, signed: signed)
    signedAt = time.seconds
    self.head = head
    for name in signed where !head.fields.contains(name) {
      throw .incomplete("it signs the header \(name), which is not there")
    }
    guard signed == signed.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) else {
      throw .incomplete("its SignedHeaders are not in order")
    }
  }

  private static let algorithm = "AWS4-HMAC-SHA256"

  /// Refuses a signature that is not of this hour or not for us; an empty list allows anything.
  package func check(
    nowSeconds: Int64, regions: [String], services: [String], skewSeconds: Int64 = 300
  ) throws(SigV4Refusal) {
    guard scope.day == time.day else {
      throw .invalid("its Credential is of \(scope.day) and its date of \(time.day)")
    }
    guard abs(nowSeconds - signedAt) <= skewSeconds else {
      let now = AmazonTime(seconds: nowSeconds).text
      throw .expired("it was signed at \(time.text), and here it is \(now): set the clock right")
    }
    guard regions.isEmpty || regions.contains(scope.region) else {
      throw .invalid("it is for the region \(scope.region), not for \(regions.listed)")
    }
    guard services.isEmpty || services.contains(scope.service) else {
      throw .invalid("it is for the service \(scope.service), not for \(services.listed)")
    }
  }

  /// Refuses a signature that was not made with this secret over this head and body.
  package func verify(secret: String, body: [UInt8]) throws(SigV4Refusal) {
    try verify(secret: secret, payloadHash: Digest.sha256(body))
  }

  /// The same for a body of which only the SHA-256 is left.
  package func verify(secret: String, payloadHash: [UInt8]) throws(SigV4Refusal) {
    let hash = Hexadecimal.text(payloadHash)
    if let told = head.fields.first("x-amz-content-sha256"), told != hash {
      guard told.utf8.count == 64 else {
        throw .invalid("the body must be signed, and \(told.prefix(40)) leaves it out")
      }
      throw .invalid("the body is not the one that was signed")
    }
    let canonical = SigV4Canonical(
      method: head.method, path: head.path, query: head.query, fields: head.fields,
      signed: signed, payloadHash: hash, service: scope.service)
    let expected = scope.signature(of: canonical, at: time, secret: secret)
    guard Digest.constantTimeEqual(Array(expected.utf8), Array(signature.utf8)) else {
      throw .invalid(
        "it does not match: the secret key is another, or the request was changed on its way")
    }
  }

  private static func parts(
    of text: Substring
  ) throws(SigV4Refusal) -> (credential: String, signed: String, signature: String) {
    var found: [String: String] = [:]
    for part in text.split(separator: ",") {
      let trimmed = part.drop { $0 == " " }
      guard let equals = trimmed.firstIndex(of: "=") else { continue }
      let value = trimmed[trimmed.index(after: equals)...]
      found[String(trimmed[..<equals])] = String(value.prefix { $0 != " " })
    }
    guard let credential = found["Credential"] else { throw .incomplete("it has no Credential") }
    guard let signed = found["SignedHeaders"] else { throw .incomplete("it has no SignedHeaders") }
    guard let signature = found["Signature"] else { throw .incomplete("it has no Signature") }
    return (credential, signed, signature)
  }

  private static func time(
    _ fields: HTTPFields, signed: [String]
  ) throws(SigV4Refusal) -> AmazonTime {
    if let text = fields.first("x-amz-date") {
      guard signed.contains("x-amz-date") else {
        throw .incomplete("it does not sign the header x-amz-date")
      }
      guard let time = AmazonTime(text) else {
        throw .incomplete("x-amz-date is not of the form 20250131T235959Z")
      }
      return time
    }
    guard let text = fields.first("date"), signed.contains("date") else {
      throw .incomplete("it signs neither the header x-amz-date nor the header date")
    }
    guard let time = AmazonTime(http: text) ?? AmazonTime(text) else {
      throw .incomplete("date is not of the form Sun, 06 Nov 1994 08:49:37 GMT")
    }
    return time
  }
}

extension [String] {
  /// The names in a sentence.
  fileprivate var listed: String { joined(separator: " or ") }
}
