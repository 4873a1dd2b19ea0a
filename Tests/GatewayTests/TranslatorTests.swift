import ControlPlane
import Dialects
import Testing

@testable import Gateway

@Suite struct `A request that is only translated` {
  private let body = """
    {"model":"claude-opus-4-6","max_tokens":64,"top_k":5,
     "messages":[{"role":"user","content":"hi"}]}
    """

  private func translator() throws -> Translator {
    let settings = loaded(
      """
      backends:
        openai: {api_key: k}
        claude-cloud: {kind: anthropic, api_key: k, base_url: "https://x.example"}
      mappings: [{claude-*: "openai:gpt-4o"}]
      """
    ).settings
    return Translator(settings: try #require(settings))
  }

  private func answer(
    from: String = "anthropic", to: String? = nil, model: String? = nil, body: String? = nil
  ) throws -> Translation {
    try translator().translate(
      TranslationQuestion(from: from, to: to, model: model, body: body ?? self.body))
  }

  @Test func `goes where its model goes, and tells what is lost`() throws {
    let answer = try answer()
    #expect(answer.backend == "openai")
    #expect(answer.model == "gpt-4o")
    #expect(answer.to == "chat")
    #expect(!answer.passes)
    #expect(answer.losses.contains("top_k"))
    let document = try JSONDocument(Array(answer.body.utf8))
    #expect(document.root["model"]?.string == "gpt-4o")
    #expect(document.root["top_k"] == nil)
  }

  @Test func `passes as it is to a backend of its language`() throws {
    let answer = try answer(to: "claude-cloud:claude-haiku-4-5")
    #expect(answer.passes)
    #expect(answer.body.contains("\"top_k\":5"))
    #expect(answer.body.contains("claude-haiku-4-5"))
  }

  @Test(arguments: Dialect.allCases)
  func `is said in every language`(dialect: Dialect) throws {
    let answer = try answer(to: dialect == .anthropic ? "messages" : dialect.rawValue)
    #expect(answer.to == dialect.rawValue)
    #expect(answer.backend == nil)
    #expect(answer.body.contains("hi"))
  }

  @Test func `needs its model said where the language has it in the path`() throws {
    let body = #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#
    #expect(throws: Failure.self) { try answer(from: "gemini", to: "chat", body: body) }
    let said = try answer(from: "google", to: "chat", model: "gemini-2.5-pro", body: body)
    #expect(said.body.contains("gemini-2.5-pro"))
  }

  @Test(arguments: [
    ("klingon", nil, nil, "from: `klingon` is no language"),
    ("anthropic", "nobody", nil, "neither a backend nor a language"),
    ("anthropic", nil, "", "the request has no body"),
    ("anthropic", nil, "{", "not valid JSON"),
    ("anthropic", nil, "{}", "names no model"),
    ("chat", "anthropic", #"{"model":"m","messages":3}"#, "messages"),
  ])
  func `that cannot be is refused with a sentence`(
    from: String, to: String?, body: String?, what: String
  ) {
    do {
      _ = try answer(from: from, to: to, body: body)
      Issue.record("it was translated")
    } catch let failure as Failure {
      #expect(failure.message.contains(what), "\(failure.message)")
    } catch {
      Issue.record(error)
    }
  }
}
