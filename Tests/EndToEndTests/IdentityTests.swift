import ControlPlane
import Glibc
import TestSupport
import Testing
import Transport

@Suite("Who may call")
struct IdentityTests {
  /// One of every kind of path, and the language in which each refuses.
  private static let paths: [(method: String, path: String, language: Language)] = [
    ("POST", "/v1/messages", .anthropic), ("POST", "/v1/messages/count_tokens", .anthropic),
    ("POST", "/v1/chat/completions", .chat), ("POST", "/v1/responses", .chat),
    ("POST", "/v1/embeddings", .chat), ("GET", "/v1/models", .chat),
    ("GET", "/v1/responses/resp_1", .chat),
  ]

  private static func live(
    _ root: [String], _ body: (House) async throws -> Void
  ) async throws {
    let plan = HousePlan(root: root)
    try await House.live(in: plan) { house in try await body(house) }
  }

  /// Sends a head and no body, for nobody should wait for one.
  private func refusal(
    _ house: House, _ method: String, _ path: String, _ fields: [(name: String, value: String)]
  ) async throws -> Answer {
    let client = try house.client()
    let lines = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
    let length = method == "POST" ? "content-length: 500\r\ncontent-type: application/json\r\n" : ""
    try await client.send("\(method) \(path) HTTP/1.1\r\nhost: x\r\n\(lines)\(length)\r\n")
    return try await client.answer()
  }

  // MARK: Addresses

  @Test(arguments: paths.indices)
  func `is refused by address in the path's own language, before anything is read`(
    index: Int
  ) async throws {
    let (method, path, language) = Self.paths[index]
    try await Self.live(["network: {allow: 10.0.0.0/8}"]) { house in
      let key = bearer(House.key)
      for fields in [[], key, key + [(name: "x-forwarded-for", value: "10.0.0.1")]] {
        let answer = try await refusal(house, method, path, fields)
        #expect(answer.status == 403)
        let told = try answer.error(in: language)
        #expect(told.message.contains("may not call"))
      }
      #expect(house.chat.requests.isEmpty && house.claude.requests.isEmpty)
    }
  }

  @Test(
    arguments: [
      (["10.1.2.3"], "10.1.2.3"), (["203.0.113.9, 10.1.2.3"], "10.1.2.3"),
      (["10.0.0.1, 203.0.113.9"], nil), (["10.0.0.1", "203.0.113.9"], nil), (["rubbish"], nil),
      ([], nil), (["::ffff:10.9.9.9"], "10.9.9.9"),
    ] as [([String], String?)])
  func `is told by the proxy that is trusted, and by nobody further away`(
    forwarded: [String], client: String?
  ) async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await Self.live(["network: {allow: 10.0.0.0/8, trusted_proxies: 1}"]) { house in
      house.chat.enqueue(.openAIChat(.rich))
      let headers = forwarded.map { (name: "x-forwarded-for", value: $0) }
      let answer = try await house.ask(way, headers: headers)
      #expect(answer.status == (client == nil ? 403 : 200))
      guard let client else { return }
      #expect(try await house.records(1).first?.client == client)
      let sent = try #require(house.chat.requests.first)
      #expect(!sent.headers.contains { $0.name.lowercased() == "x-forwarded-for" })
    }
  }

  @Test func `changes with the next request when the operator changes it`() async throws {
    let way = Way(client: .chat, vendor: .chat)
    try await Self.live(["network: {allow: 10.0.0.0/8}"]) { house in
      #expect(try await house.ask(way).status == 403)
      house.configure(HousePlan(root: ["network: {allow: [10.0.0.0/8, 127.0.0.1]}"]))
      _ = try await house.order(.reload)
      house.chat.enqueue(.openAIChat(.rich))
      #expect(try await house.ask(way).status == 200)
    }
  }

  // MARK: Tokens

  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = Array(bytes[start..<min(start + 3, bytes.count)])
      let padded = group + [UInt8](repeating: 0, count: 3 - group.count)
      let bits = padded.reduce(0) { $0 << 8 | Int($1) }
      for index in 0...group.count { text.append(letters[bits >> (18 - 6 * index) & 63]) }
    }
    return text
  }

  private static func token(
    _ changes: [String: String?] = [:], header: String = #"{"alg":"RS256","kid":"rsa"}"#
  ) throws -> String {
    let now = time(nil)
    var members: [String: String?] = [
      "iss": "\"\(TokenSpecimens.issuer)\"", "aud": #""anyllm""#, "sub": #""user-1""#,
      "exp": "\(now + 600)", "groups": #"["staff"]"#, "email": #""ada@example.com""#,
    ]
    for (name, value) in changes { members[name] = value }
    let claims = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
    let text = "{" + claims.sorted().joined(separator: ",") + "}"
    let message = base64(Array(header.utf8)) + "." + base64(Array(text.utf8))
    return try message + "."
      + base64(RS256.sign(Array(message.utf8), keyPEM: TokenSpecimens.rsaPEM))
  }

  /// A house that trusts the specimens' issuer, whose keys lie at another upstream.
  private func withIssuer(
    _ keys: ScriptedUpstream, _ body: (House) async throws -> Void
  ) async throws {
    let issuer =
      "  - {issuer: \"\(TokenSpecimens.issuer)\", audience: anyllm, name_claim: email, "
      + "jwks_url: \"\(keys.baseURL)/keys\", allow_loopback: true, "
      + "groups: {staff: {requests_per_minute: 3}, idle: {role: viewer}}}"
    try await Self.live(["issuers:", issuer], body)
  }

  private func bearer(_ token: String) -> [(name: String, value: String)] {
    [(name: "authorization", value: "Bearer \(token)")]
  }

  @Test func `is the bearer of a good token, under a name of its own and limits of its group`()
    async throws
  {
    let keys = try ScriptedUpstream { _ in .json(TokenSpecimens.keys) }
    let way = Way(client: .anthropic, vendor: .anthropic)
    let body = way.request(isStreamed: false)
    try await withIssuer(keys) { house in
      let token = try Self.token()
      var statuses: [Int] = []
      for field in ["authorization", "x-api-key", "authorization", "authorization"] {
        house.claude.enqueue(.anthropic(.rich))
        let value = field == "authorization" ? "Bearer \(token)" : token
        let answer = try await house.ask(
          body, at: way.client.path, credentials: [(name: field, value: value)])
        statuses.append(answer.status)
      }
      // Three a minute, in whatever header the token comes.
      #expect(statuses == [200, 200, 200, 429])
      #expect(keys.requests.count == 1)
      let record = try #require(try await house.records(4).last)
      #expect(record.key == "ada@example.com")
      for request in house.claude.requests {
        #expect(!request.headers.contains { $0.value.contains(token) })
      }
      // Keys open the gate beside tokens.
      house.claude.enqueue(.anthropic(.rich))
      #expect(try await house.ask(way).status == 200)
    }
  }

  @Test(arguments: paths.indices)
  func `is nobody with a token that is forged, expired or for another`(index: Int) async throws {
    let (method, path, language) = Self.paths[index]
    let keys = try ScriptedUpstream { _ in .json(TokenSpecimens.keys) }
    try await withIssuer(keys) { house in
      let now = time(nil)
      let good = try Self.token()
      let bad = [
        String(good.dropLast(4)) + "AAAA", try Self.token(["exp": "\(now - 61)"]),
        try Self.token(["aud": #""other""#]), try Self.token(["iss": #""https://evil.example""#]),
        try Self.token(header: #"{"alg":"none"}"#),
        try Self.token(header: #"{"alg":"HS256","kid":"rsa"}"#),
        try Self.token(header: #"{"alg":"RS256","kid":"new"}"#),
        try Self.token(["nbf": "\(now + 120)"]),
      ]
      for token in bad {
        let answer = try await refusal(house, method, path, bearer(token))
        #expect(answer.status == 401)
        let told = try answer.error(in: language)
        #expect(told.message.contains("token"))
        #expect(!answer.text.contains(token.suffix(40)))
      }
      let stranger = try Self.token(["groups": #"["guests"]"#])
      #expect(try await refusal(house, method, path, bearer(stranger)).status == 403)
    }
  }

  @Test func `is unknown while the issuer is down, and known again afterwards`() async throws {
    let keys = try ScriptedUpstream([.json("{}", status: 500)])
    let way = Way(client: .chat, vendor: .chat)
    let body = way.request(isStreamed: false)
    try await withIssuer(keys) { house in
      let credentials = bearer(try Self.token())
      let down = try await house.ask(body, at: way.client.path, credentials: credentials)
      #expect(down.status == 503)
      #expect(down.head.header("retry-after") != nil)
      #expect(down.text.contains("keys of their issuer"))
      // Keys open the gate all the same.
      house.chat.enqueue(.openAIChat(.rich))
      #expect(try await house.ask(way).status == 200)
    }
  }
}
