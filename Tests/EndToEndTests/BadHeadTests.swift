import ControlPlane
import TestSupport
import Testing

@Suite("A bad head")
struct BadHeadTests {
  private static let smallLimits = HousePlan(
    limits: [
      "header_bytes: 4KiB", "body_bytes: 64KiB", "body_budget_bytes: 64KiB",
      "header_timeout: 300ms", "client_idle_timeout: 400ms",
    ])

  @Test(arguments: Language.allCases)
  func `with a wrong method is told the right one`(language: Language) async throws {
    try await House.live { house in
      for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let client = try house.client()
        try await client.request(method, language.path, headers: House.credentials)
        let answer = try await client.answer()
        #expect(answer.status == 405)
        #expect(answer.head.header("allow") == "POST")
        let error = try answer.error(in: language)
        #expect(error.message.contains(method) && error.message.contains("POST"))
      }
    }
  }

  @Test(arguments: Language.allCases)
  func `with a wrong content type is told the right one`(language: Language) async throws {
    try await House.live { house in
      for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; b=c"] {
        let client = try house.client()
        try await client.request(
          "POST", language.path, headers: House.credentials + [("content-type", type)],
          body: Array(language.request(model: "gpt-test").utf8))
        let answer = try await client.answer()
        #expect(answer.status == 415)
        let message = try answer.error(in: language).message
        #expect(message.contains(type.prefix { $0 != ";" }))
        #expect(message.contains("application/json"))
      }
    }
  }

  @Test(arguments: Language.allCases)
  func `of a compressed body is refused`(language: Language) async throws {
    try await House.live { house in
      let client = try house.client()
      try await client.request(
        "POST", language.path, headers: House.credentials + [("content-encoding", "gzip")],
        body: [0x1F, 0x8B])
      let answer = try await client.answer()
      #expect(answer.status == 415)
      #expect(try answer.error(in: language).message.contains("gzip"))
    }
  }

  @Test(arguments: Language.allCases)
  func `larger than the limit is answered with 431`(language: Language) async throws {
    try await House.live(in: Self.smallLimits) { house in
      let client = try house.client()
      try await client.request(
        "POST", language.path, headers: [("x-long", String(repeating: "x", count: 8_000))])
      let head = try await client.head()
      #expect(head.status == 431)
    }
  }

  @Test(arguments: Language.allCases)
  func `of a body larger than the limit is answered with 413`(language: Language) async throws {
    let head =
      "POST \(language.path) HTTP/1.1\r\nhost: x\r\nx-api-key: \(House.key)\r\n"
      + "content-type: application/json\r\n"
    let piece = String(repeating: " ", count: 70_000)
    try await House.live(in: Self.smallLimits) { house in
      for rest in [
        "content-length: 70000\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n\(String(70_000, radix: 16))\r\n\(piece)\r\n",
      ] {
        let client = try house.client()
        try await client.send(head + rest)
        let answer = try await client.answer()
        #expect(answer.status == 413)
        let error = try answer.error(in: language)
        #expect(error.message.contains("65536"))
        #expect(error.message.contains("limits.body_bytes"))
      }
      let records = try await house.records(2)
      #expect(records.allSatisfy { $0.status == 413 && $0.ending == "refused" })
    }
  }

  @Test(arguments: Language.allCases)
  func `of a stranger is answered before the body is there`(language: Language) async throws {
    try await House.live { house in
      for credential in ["", "x-api-key: nobody\r\n", "authorization: Bearer nobody\r\n"] {
        let client = try house.client()
        try await client.send(
          "POST \(language.path) HTTP/1.1\r\nhost: x\r\n\(credential)"
            + "content-type: application/json\r\ncontent-length: 33554432\r\n\r\n")
        let answer = try await client.answer()
        #expect(answer.status == 401)
        let error = try answer.error(in: language)
        #expect(error.message.contains("key"))
        #expect(language == .chat || error.type == "authentication_error")
        #expect(language == .anthropic || error.code == "invalid_api_key")
      }
      // A stranger is shown, and cannot fill the ledger.
      try await house.settles()
      try await house.records(0)
      let failures = try house.picture.totals.failures
      #expect(failures == 3)
    }
  }

  @Test func `of a stranger is answered while the body comes in`() async throws {
    try await House.live { house in
      let client = try house.client()
      try await client.send(
        "POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 33554432\r\n\r\n")
      // The gateway may close before it took this; the answer must reach us all the same.
      try? await client.send([UInt8](repeating: 0x20, count: 1 << 20))
      #expect(try await client.head().status == 401)
    }
  }

  @Test(arguments: Language.allCases)
  func `that two readers could understand differently is refused and its connection closed`(
    language: Language
  ) async throws {
    let start = "POST \(language.path) HTTP/1.1\r\nhost: x\r\nx-api-key: \(House.key)\r\n"
    try await House.live { house in
      for shape in [
        "content-length: 2\r\ncontent-length: 4\r\n\r\n{}{}",
        "content-length: 2\r\ncontent-length: 2\r\n\r\n{}",
        "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "transfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "content-length : 2\r\n\r\n{}",
        "content-length: +2\r\n\r\n{}",
        "host: y\r\ncontent-length: 2\r\n\r\n{}",
      ] {
        let client = try house.client()
        try await client.send(start + shape + "GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        let answer = try await client.answer()
        #expect(answer.status == 400, "\(shape)")
        #expect(try !answer.error(in: language).message.isEmpty)
        await #expect(throws: RawHTTPClientFailure.self, "\(shape)") { try await client.head() }
      }
      #expect(house.chat.requests.isEmpty && house.claude.requests.isEmpty)
    }
  }

  @Test(arguments: ["zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}{}\r\n0\r\n\r\n", "-2\r\n{}\r\n"])
  func `of a body in bad chunks never reaches a vendor`(chunks: String) async throws {
    try await House.live { house in
      let client = try house.client()
      try await client.send(
        "POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: \(House.key)\r\n"
          + "transfer-encoding: chunked\r\n\r\n\(chunks)")
      _ = try await client.closing()
      try await house.settles()
      #expect(house.claude.requests.isEmpty)
      let record = try #require(try await house.records(1).first)
      #expect(record.status == 400 || record.status == 499)
    }
  }

  @Test(arguments: [
    "", "POST /v1/mess", "POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-k",
    "POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: \(House.key)\r\n"
      + "content-length: 100\r\n\r\n{\"model\"",
  ])
  func `that never comes to its end is not waited for`(text: String) async throws {
    try await House.live(in: Self.smallLimits) { house in
      let client = try house.client()
      try await client.send(text)
      _ = try await client.closing()
      try await house.settles()
      if text.contains("content-length") {
        let record = try #require(try await house.records(1).first)
        #expect(record.status == 408 || record.status == 499)
      }
      // The budget is a single body large: this one gets in only when the other gave it back.
      house.claude.enqueue(.anthropic(.text("Fine")))
      let filling = String(repeating: "x", count: 65_000)
      let body = Language.anthropic.request(model: "claude-test", content: "\"\(filling)\"")
      #expect(try await house.ask(body, at: "/v1/messages").status == 200)
    }
  }

  @Test(arguments: [
    "/", "/v1", "/v1/completion", "/v1/messages/batches", "/../etc/passwd", "/%00",
  ])
  func `for a path that is not there is answered with 404`(path: String) async throws {
    try await House.live { house in
      let answer = try await house.ask("{}", at: path)
      #expect(answer.status == 404)
      _ = try answer.error(in: path.hasPrefix("/v1/messages") ? .anthropic : .chat)
    }
  }
}
