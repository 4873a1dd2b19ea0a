import Dialects
import Testing

@testable import Gateway
@testable import Transport

@Suite struct `A deployment` {
  /// What the file says of one backend, and where a model of it is reached.
  private func deployment(
    _ yaml: String, model: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Deployment {
    let loaded = loaded("backends:\n  b: {\(yaml)}\n")
    let settings = try #require(
      loaded.settings, "\(loaded.lines)", sourceLocation: sourceLocation)
    return Deployment(backend: settings.backends[0], model: model)
  }

  @Test(arguments: [
    (
      "kind: openai, api_key: k", "gpt-5", "https://api.openai.com/v1/chat/completions",
      Dialect.chat
    ),
    (
      "kind: openai, api_key: k, format: responses", "gpt-5",
      "https://api.openai.com/v1/responses", .responses
    ),
    (
      "kind: azure, api_key: k, base_url: 'https://r.openai.azure.com/openai/'", "my gpt",
      "https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions"
        + "?api-version=2024-10-21", .chat
    ),
    (
      "kind: azure, api_key: k, base_url: 'https://r.openai.azure.com', api_version: v1", "g",
      "https://r.openai.azure.com/openai/v1/chat/completions", .chat
    ),
    (
      "kind: azure, api_key: k, base_url: 'https://r.openai.azure.com', format: responses", "g",
      "https://r.openai.azure.com/openai/v1/responses", .responses
    ),
    (
      "kind: gemini, api_key: k", "gemini-2.5-pro",
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent",
      .gemini
    ),
    (
      "kind: gemini, api_key: k, format: openai", "gemini-2.5-pro",
      "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions", .chat
    ),
    (
      "kind: vertex, project: p, region: europe-west1", "gemini-2.5-pro",
      "https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/europe-west1"
        + "/publishers/google/models/gemini-2.5-pro:generateContent", .gemini
    ),
    (
      "kind: vertex, project: p, region: global", "claude-sonnet-4-5@20250929",
      "https://aiplatform.googleapis.com/v1/projects/p/locations/global"
        + "/publishers/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict", .anthropic
    ),
    (
      "kind: vertex, project: p, region: r, base_url: 'http://127.0.0.1:9'", "meta/llama",
      "http://127.0.0.1:9/v1/projects/p/locations/r/endpoints/openapi/chat/completions", .chat
    ),
    (
      "kind: bedrock, region: us-east-1", "us.anthropic.claude-sonnet-4-20250514-v1:0",
      "https://bedrock-runtime.us-east-1.amazonaws.com"
        + "/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/invoke", .anthropic
    ),
    (
      "kind: bedrock, region: us-east-1", "amazon.nova-pro-v1:0",
      "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse",
      .converse
    ),
  ])
  func `knows its place and its language`(
    yaml: String, model: String, url: String, dialect: Dialect
  ) throws {
    let deployment = try deployment(yaml, model: model)
    let request = deployment.request([], betas: [], client: [:], streams: false)
    #expect(request.url == url)
    #expect(deployment.dialect == dialect)
  }

  @Test(arguments: [
    ("kind: anthropic, api_key: k", "x-api-key", "k"),
    ("kind: anthropic, auth_token: t", "authorization", "Bearer t"),
    ("kind: openai, api_key: k", "authorization", "Bearer k"),
    ("kind: azure, api_key: k, base_url: 'https://r.x'", "api-key", "k"),
    ("kind: azure, auth_token: t, base_url: 'https://r.x'", "authorization", "Bearer t"),
    ("kind: gemini, api_key: k", "x-goog-api-key", "k"),
    ("kind: gemini, api_key: k, format: openai", "authorization", "Bearer k"),
    ("kind: vertex, auth_token: t, project: p, region: r", "authorization", "Bearer t"),
    ("kind: bedrock, api_key: k, region: r", "authorization", "Bearer k"),
  ])
  func `shows its credential as its server wants it`(
    yaml: String, name: String, value: String
  ) throws {
    let request = try deployment(yaml, model: "m")
      .request([], betas: [], client: ["x-api-key": "client's own"], streams: true)
    #expect(request.fields.all(name) == [value])
  }

  @Test func `names betas in the header of the servers that read it there`() throws {
    let client: HTTPFields = ["anthropic-beta": "a,b"]
    let direct = try deployment("kind: anthropic, api_key: k", model: "claude")
    #expect(
      direct.request([], betas: [], client: client, streams: false).fields.all("anthropic-beta")
        == ["a,b"])
    let vertex = try deployment("kind: vertex, project: p, region: r", model: "claude-x")
    #expect(
      vertex.request([], betas: ["a"], client: client, streams: false).fields
        .all("anthropic-beta") == ["a"])
    let bedrock = try deployment("kind: bedrock, region: r", model: "anthropic.claude")
    #expect(
      !bedrock.request([], betas: [], client: client, streams: false).fields
        .contains("anthropic-beta"))
  }

  @Test(arguments: [("gemini-2.5-pro", true), ("google/gemini-3-pro", true), ("meta/llama", false)])
  func `of Google's models in OpenAI's language thinks as Google wants it`(
    model: String, isGoogle: Bool
  ) throws {
    let deployment = try deployment(
      "kind: vertex, project: p, region: r, format: openai", model: model)
    #expect(deployment.target.quirks == (isGoogle ? [.googleThinking] : []))
  }

  @Test func `lets no client choose whose money it spends`() throws {
    let client: HTTPFields = [
      "openai-organization": "org-other", "openai-project": "proj_other",
      "openai-beta": "responses=v1", "x-codex-turn-state": "s",
    ]
    let fields = try deployment(
      "kind: openai, api_key: k, format: responses", model: "gpt-5"
    ).request([], betas: [], client: client, streams: false).fields
    #expect(!fields.contains("openai-organization") && !fields.contains("openai-project"))
    #expect(fields.first("openai-beta") == "responses=v1")
    #expect(fields.first("x-codex-turn-state") == "s")
  }

  @Test func `asks for a stream by its path or by its header`() throws {
    let gemini = try deployment("kind: gemini, api_key: k", model: "g")
    #expect(
      gemini.request([], betas: [], client: [:], streams: true).url.hasSuffix(
        "/models/g:streamGenerateContent?alt=sse"))
    let bedrock = try deployment("kind: bedrock, region: r", model: "anthropic.claude")
    let request = bedrock.request([], betas: [], client: [:], streams: true)
    #expect(request.url.hasSuffix("/invoke-with-response-stream"))
    #expect(request.fields.first("accept") == "application/vnd.amazon.eventstream")
  }
}
