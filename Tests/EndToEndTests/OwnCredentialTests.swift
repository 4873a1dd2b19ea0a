import ControlPlane
import TestSupport
import Testing

@Suite("A credential of the client's own")
struct OwnCredentialTests {
  private static let own = "sk-ant-own-0123456789abcdef"
  private static let plan = HousePlan(root: ["cache: {sampled: true}"])

  /// A house whose backend for Claude takes what the client brings.
  private static func live(_ body: (House) async throws -> Void) async throws {
    try await House.live(in: plan) { house in
      let text = plan.text(chat: house.chat.baseURL, claude: house.claude.baseURL)
        .replacing(
          "    kind: anthropic\n",
          with: "    kind: anthropic\n    forward_client_authorization: true\n")
      house.scratch.write(text, to: "anyllm.yaml")
      _ = try await house.order(.reload)
      try await body(house)
    }
  }

  private static let body = Language.anthropic.request(model: "claude-test")

  /// The credentials that the vendor saw.
  private static func seen(_ request: RecordedRequest) -> [String] {
    request.headers.filter { header in
      ["authorization", "x-api-key", "x-anyllm-key", "x-goog-api-key", "api-key", "cookie"]
        .contains(header.name.lowercased())
    }.map { "\($0.name.lowercased()): \($0.value)" }
  }

  @Test(arguments: [
    "/v1/messages", "/v1/messages/count_tokens", "/v1/messages?beta=true",
  ])
  func `goes to the vendor, and ours does not`(path: String) async throws {
    try await Self.live { house in
      for credentials in [
        [("x-anyllm-key", House.key), ("authorization", "Bearer \(Self.own)")],
        [("x-api-key", House.key), ("authorization", "Bearer \(Self.own)")],
      ] {
        house.claude.enqueue(
          path.hasSuffix("count_tokens") ? .json(#"{"input_tokens":5}"#) : .anthropic(.rich))
        let answer = try await house.ask(
          Self.body, at: path, credentials: credentials.map { (name: $0.0, value: $0.1) })
        #expect(answer.status == 200)
        let request = try #require(house.claude.requests.last)
        #expect(Self.seen(request) == ["authorization: Bearer \(Self.own)"])
      }
    }
  }

  @Test func `is not replaced by ours when the client has none`() async throws {
    try await Self.live { house in
      for name in ["x-api-key", "x-goog-api-key", "api-key", "x-anyllm-key"] {
        house.claude.enqueue(.anthropic(.rich))
        _ = try await house.ask(
          Self.body, at: "/v1/messages", credentials: [(name: name, value: House.key)])
        let request = try #require(house.claude.requests.last)
        #expect(Self.seen(request) == [])
        #expect(!request.headers.contains { $0.value.contains(House.key) })
      }
    }
  }

  @Test func `does not travel for a key of the store that came in the usual header`() async throws {
    try await Self.live { house in
      guard case .issuedKey(let issued) = try await house.order(.addKey(NewKey(name: "s"))) else {
        throw HouseFailure(description: "no key")
      }
      let bearer = (name: "authorization", value: "Bearer \(Self.own)")
      for (field, wanted) in [
        ("x-api-key", []), ("x-anyllm-key", ["authorization: Bearer \(Self.own)"]),
      ] {
        house.claude.enqueue(.anthropic(.rich))
        _ = try await house.ask(
          Self.body, at: "/v1/messages",
          credentials: [(name: field, value: issued.key), bearer])
        let request = try #require(house.claude.requests.last)
        #expect(Self.seen(request) == wanted)
        #expect(!request.headers.contains { $0.value.contains(issued.key) })
      }
    }
  }

  @Test func `buys replies for itself only`() async throws {
    try await Self.live { house in
      for _ in 0..<2 {
        house.claude.enqueue(.anthropic(.rich))
        let answer = try await house.ask(Self.body, at: "/v1/messages")
        #expect(answer.head.header("x-anyllm-cache") == "bypass")
      }
    }
  }
}
