import Dialects
import Testing

@testable import Gateway
@testable import Transport

@Suite struct `What an operator says of betas` {
  private func backend(
    _ yaml: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Settings.Backend {
    let loaded = loaded("backends:\n  b: {\(yaml)}\n")
    let settings = try #require(
      loaded.settings, "\(loaded.lines)", sourceLocation: sourceLocation)
    return settings.backends[0]
  }

  private static let vertex = "kind: vertex, project: p, region: r"
  private static let body =
    #"{"model":"claude-x","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"#
    + #""context_management":{"edits":[]}}"#
  private static let client: HTTPFields = [
    "anthropic-beta": "context-management-2025-06-27, tomorrow-2030-01-01"
  ]

  @Test func `is read for each backend, whatever the case of the names`() throws {
    let backend = try backend(
      "\(Self.vertex), betas: {Tomorrow-2030-01-01: pass, old-2024-01-01: drop, a-1: b-2}")
    #expect(
      backend.betas == [
        "tomorrow-2030-01-01": .takes, "old-2024-01-01": .refuses, "a-1": .takesAs("b-2"),
      ])
    #expect(try self.backend("\(Self.vertex), betas: {}").betas.isEmpty)
  }

  @Test(arguments: [
    ("kind: vertex, project: p, region: r, betas: {a-1: droop}", "betas.a-1 is not understood"),
    ("kind: vertex, project: p, region: r, betas: {a-1: true}", "betas.a-1 is not understood"),
    ("kind: vertex, project: p, region: r, betas: {'a b 1': pass}", "cannot be the name of a beta"),
    ("kind: vertex, project: p, region: r, betas: {vertex: pass}", "cannot be the name of a beta"),
    ("kind: vertex, project: p, region: r, betas: [a-1]", "must be a mapping"),
    ("kind: openai, api_key: k, betas: {a-1: pass}", "is for kind anthropic"),
  ])
  func `is refused where it makes no sense`(yaml: String, problem: String) {
    let loaded = loaded("backends:\n  b: {\(yaml)}\n")
    #expect(loaded.settings == nil)
    #expect(loaded.lines.contains { $0.contains(problem) }, "\(loaded.lines)")
  }

  @Test(arguments: [
    ("", ["context-management-2025-06-27"], true, ["beta_tomorrow_2030_01_01"]),
    (
      "tomorrow-2030-01-01: pass", ["context-management-2025-06-27", "tomorrow-2030-01-01"], true,
      []
    ),
    (
      "tomorrow-2030-01-01: other-1", ["context-management-2025-06-27", "other-1"], true, []
    ),
    (
      "context-management-2025-06-27: drop, tomorrow-2030-01-01: pass", ["tomorrow-2030-01-01"],
      false, ["beta_context_management_2025_06_27", "context_management"]
    ),
  ])
  func `decides over header and body together`(
    betas: String, sent: [String], keepsMember: Bool, losses: [String]
  ) throws {
    let deployment = Deployment(
      backend: try backend("\(Self.vertex), betas: {\(betas)}"), model: "claude-x")
    let letter = try deployment.letter(
      Array(Self.body.utf8), betas: [], from: Self.client, in: .anthropic)
    #expect(letter.betas == sent)
    #expect(
      String(decoding: letter.body, as: UTF8.self).contains("context_management") == keepsMember)
    #expect(letter.losses.tags == losses)
    let question = try deployment.countLetter(
      Array(Self.body.utf8), betas: [], from: Self.client, in: .anthropic)
    #expect(question.betas == sent)
  }

  @Test func `holds for a server of Anthropic's language too, which else is sent everything`()
    throws
  {
    let free = Deployment(backend: try backend("kind: anthropic, api_key: k"), model: "c")
    let bound = Deployment(
      backend: try backend("kind: anthropic, api_key: k, betas: {tomorrow-2030-01-01: drop}"),
      model: "c")
    func header(_ deployment: Deployment) throws -> [String] {
      let letter = try deployment.letter(
        Array(Self.body.utf8), betas: [], from: Self.client, in: .anthropic)
      return deployment.request(
        letter.body, betas: letter.betas, client: Self.client, streams: false
      ).fields.all("anthropic-beta")
    }
    #expect(try header(free) == Self.client.all("anthropic-beta"))
    #expect(try header(bound) == ["context-management-2025-06-27"])
  }

  @Test func `joins what the body asks for to what the header does`() throws {
    let deployment = Deployment(backend: try backend("kind: anthropic, api_key: k"), model: "c")
    let request = deployment.request(
      [], betas: ["a-1", "b-1"], client: ["anthropic-beta": "b-1,c-1"], streams: false)
    #expect(request.fields.all("anthropic-beta") == ["a-1,b-1,c-1"])
  }

  @Test func `is no business of a client of another language`() throws {
    let deployment = Deployment(backend: try backend(Self.vertex), model: "claude-x")
    let letter = try deployment.letter(
      Array(Self.body.utf8), betas: [], from: Self.client, in: .chat)
    #expect(letter.betas.isEmpty && letter.losses.isEmpty)
  }

  @Test func `is told when it changed`() throws {
    let before = try #require(loaded("backends:\n  b: {\(Self.vertex)}\n").settings)
    let after = try #require(
      loaded("backends:\n  b: {\(Self.vertex), betas: {a-1: drop}}\n").settings)
    #expect(after.diff(from: before) == ["backend b: betas changed"])
  }
}
