import Testing

@testable import Transport

struct `A signature of Amazon's fourth kind` {
  static let vectors = SigV4Vector.all
  static let secret = SigV4Vector.secret
  static let moment = SigV4Vector.moment

  static func signed(_ vector: SigV4Vector) -> UpstreamRequest {
    var request = UpstreamRequest(
      method: vector.method, url: vector.url,
      fields: HTTPFields(vector.fields + [("user-agent", "x"), ("authorization", "old")]),
      body: Array(vector.body.utf8))
    let credentials = SigV4Signer.Credentials(
      accessKeyID: "AKIDEXAMPLE", secretAccessKey: secret, sessionToken: vector.token)
    SigV4Signer(credentials, region: "us-east-1", service: vector.service)
      .sign(&request, atSeconds: moment)
    return request
  }

  /// The request as the server at the other end would read it.
  static func head(_ request: UpstreamRequest) -> RequestHead {
    let place = URLPlace(request.url)
    return RequestHead(
      method: request.method, path: place.path, query: place.query, fields: request.fields,
      peer: .ip("127.0.0.1", port: 1))
  }

  private static func claim(_ head: RequestHead) throws -> SigV4Claim {
    try #require(try SigV4Claim(head))
  }

  @Test(arguments: vectors)
  func `is the one that Amazon's own client makes`(vector: SigV4Vector) throws {
    let request = Self.signed(vector)
    let authorization = try #require(request.fields.first("authorization"))
    #expect(request.fields.all("authorization").count == 1)
    #expect(authorization.hasSuffix("Signature=" + vector.signature))
    #expect(
      authorization.hasPrefix(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250228/us-east-1/\(vector.service)/"))
    #expect(request.fields.first("x-amz-date") == "20250228T235958Z")
    #expect(request.fields.first("x-amz-security-token") == vector.token)
  }

  @Test(arguments: vectors)
  func `is right where it arrives`(vector: SigV4Vector) throws {
    let request = Self.signed(vector)
    let claim = try Self.claim(Self.head(request))
    #expect(claim.accessKeyID == "AKIDEXAMPLE" && claim.signedAt == Self.moment)
    try claim.check(nowSeconds: Self.moment + 300, regions: ["us-east-1"], services: [])
    try claim.verify(secret: Self.secret, body: request.body)
    try claim.verify(secret: Self.secret, payloadHash: Digest.sha256(request.body))
    #expect(throws: SigV4Refusal.self) {
      try claim.verify(secret: Self.secret + "x", body: request.body)
    }
    #expect(throws: SigV4Refusal.self) {
      try claim.verify(secret: Self.secret, body: request.body + [32])
    }
  }

  @Test func `keeps its secret to itself`() {
    let credentials = SigV4Signer.Credentials(
      accessKeyID: "AKIDEXAMPLE", secretAccessKey: Self.secret, sessionToken: "token")
    var dumped = ""
    dump(credentials, to: &dumped)
    for text in ["\(credentials)", String(reflecting: credentials), dumped] {
      #expect(text.contains("AKIDEXAMPLE") && !text.contains("wJalr") && !text.contains("token"))
    }
  }

  /// By botocore, over every header and with `date` in the place of `x-amz-date`.
  private static let dated = HTTPFields([
    ("Accept", "a"), ("Content-Type", "application/json"), ("Host", "localhost:4000"),
    ("X-B", "  two   words "), ("Date", "Fri, 28 Feb 2025 23:59:58 -0000"),
    (
      "Authorization",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250228/us-west-2/bedrock/aws4_request,"
        + "SignedHeaders=accept;content-type;date;host;x-b,"
        + "Signature=999c24d3fa130b9fa3b37a7ba2f0fa41d5ef3e1c4220dade6f3e54e176bf3be4"
    ),
  ])

  private static func datedHead(
    _ change: (inout RequestHead) -> Void = { _ in }
  ) -> RequestHead {
    var head = RequestHead(
      method: "POST", path: "/model/m:0/invoke", query: "x=1", fields: dated,
      peer: .ip("127.0.0.1", port: 1))
    change(&head)
    return head
  }

  @Test func `may cover any header, and take its time from the date`() throws {
    let claim = try Self.claim(Self.datedHead())
    #expect(claim.signedAt == Self.moment)
    try claim.check(nowSeconds: Self.moment, regions: [], services: ["bedrock"])
    try claim.verify(secret: Self.secret, body: Array("{}".utf8))
  }

  static let changes: [@Sendable (inout RequestHead) -> Void] = [
    { $0.method = "PUT" }, { $0.path = "/model/m:1/invoke" }, { $0.query = "x=2" },
    { $0.query = nil }, { $0.query = "x=1&y" }, { $0.fields.set("x-b", "two words!") },
    { $0.fields.append("accept", "b") }, { $0.fields.set("host", "localhost:4001") },
    { $0.fields.set("date", "Fri, 28 Feb 2025 23:59:57 GMT") },
  ]

  @Test(arguments: changes.indices)
  func `is wrong as soon as anything was changed`(index: Int) throws {
    let claim = try Self.claim(Self.datedHead(Self.changes[index]))
    let refusal = #expect(throws: SigV4Refusal.self) {
      try claim.verify(secret: Self.secret, body: Array("{}".utf8))
    }
    #expect(refusal?.message.contains("does not match") == true)
    #expect(refusal?.message.contains(Self.secret) == false)
  }

  @Test(
    arguments: [
      (301, [], [], "clock"), (-301, [], [], "clock"), (0, ["us-east-1"], [], "region"),
      (0, [], ["s3", "sts"], "s3 or sts"),
    ] as [(Int64, [String], [String], String)])
  func `is refused out of its time and place`(
    late: Int64, regions: [String], services: [String], word: String
  ) throws {
    let claim = try Self.claim(Self.datedHead())
    let refusal = #expect(throws: SigV4Refusal.self) {
      try claim.check(nowSeconds: Self.moment + late, regions: regions, services: services)
    }
    #expect(refusal?.message.contains(word) == true)
  }

  @Test func `of another day than its date is refused`() throws {
    let claim = try Self.claim(
      Self.datedHead { head in
        let old = head.fields.first("authorization") ?? ""
        head.fields.set("authorization", old.replacing("20250228", with: "20250227"))
      })
    #expect(throws: SigV4Refusal.self) {
      try claim.check(nowSeconds: Self.moment, regions: [], services: [])
    }
  }

  static let broken: [(String, String, String)] = [
    ("Credential=", "Credit=", "no Credential"), ("SignedHeaders=", "Headers=", "SignedHeaders"),
    ("Signature=", "Sig=", "no Signature"), ("aws4_request", "aws5", "Credential is not"),
    ("host;", "", "header host"), ("x-b", "x-c", "x-c"), ("date;host", "host;x-b", "neither"),
    ("accept;content-type", "content-type;accept", "order"),
  ]

  @Test(arguments: broken)
  func `is refused when it is incomplete`(part: String, other: String, word: String) {
    let head = Self.datedHead { head in
      let old = head.fields.first("authorization") ?? ""
      head.fields.set("authorization", old.replacing(part, with: other))
    }
    let refusal = #expect(throws: SigV4Refusal.self) { try SigV4Claim(head) }
    #expect(refusal?.code == "IncompleteSignatureException")
    #expect(refusal?.message.contains(word) == true)
  }

  @Test func `is refused with a date that is none or not signed`() {
    for date in ["", "yesterday", "Fri, 28 Feb 2025 24:59:58 GMT", "20250230T0000Z"] {
      let head = Self.datedHead { $0.fields.set("date", date) }
      #expect(throws: SigV4Refusal.self) { try SigV4Claim(head) }
    }
    let unsigned = Self.datedHead { $0.fields.append("x-amz-date", "20250228T235958Z") }
    #expect(throws: SigV4Refusal.self) { try SigV4Claim(unsigned) }
  }

  @Test func `is only looked for where there is one`() throws {
    for authorization in [nil, "Bearer x", "Basic eA=="] {
      let head = Self.datedHead { head in
        head.fields.remove("authorization")
        if let authorization { head.fields.append("authorization", authorization) }
      }
      #expect(try SigV4Claim(head) == nil)
    }
  }

  @Test(arguments: ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "00"])
  func `must cover the body`(hash: String) throws {
    let claim = try Self.claim(
      Self.datedHead { $0.fields.append("x-amz-content-sha256", hash) })
    let refusal = #expect(throws: SigV4Refusal.self) {
      try claim.verify(secret: Self.secret, body: Array("{}".utf8))
    }
    #expect(refusal?.message.contains("must be signed") == true)
  }

  @Test(
    arguments: [
      (0, "19700101T000000Z"), (951_782_399, "20000228T235959Z"), (951_782_400, "20000229T000000Z"),
      (1_709_210_096, "20240229T123456Z"), (4_107_542_400, "21000301T000000Z"),
      (1_767_225_599, "20251231T235959Z"),
    ] as [(Int64, String)])
  func `has its time in the calendar`(seconds: Int64, text: String) {
    #expect(AmazonTime(seconds: seconds).text == text)
    #expect(AmazonTime(text)?.seconds == seconds)
  }

  @Test(
    arguments: [
      ("2025-02-28T23:59:58Z", 1_740_787_198), ("2025-02-28T23:59:58.123Z", 1_740_787_198),
      ("2025-02-28T23:59:58+00:00", 1_740_787_198), ("2025-02-28", nil), ("", nil),
      ("2025-02-28T23:59:58+01:00", nil),
    ] as [(String, Int64?)])
  func `has ends in the form of ISO 8601`(text: String, seconds: Int64?) {
    #expect(AmazonTime(iso8601: text)?.seconds == seconds)
  }

  @Test(arguments: [
    ("a:b", "a%3Ab", "a%3Ab"), ("a/b c", "a%2Fb%20c", "a/b%20c"), ("é~", "%C3%A9~", "%C3%A9~"),
    ("%3A", "%253A", "%253A"), ("", "", ""),
  ])
  func `has paths encoded strictly`(text: String, segment: String, path: String) {
    #expect(URIEncoding.encode(text) == segment)
    #expect(URIEncoding.encode(text, keepingSlashes: true) == path)
  }
}
