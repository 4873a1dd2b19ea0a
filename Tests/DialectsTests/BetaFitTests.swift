import Testing

@testable import Dialects

struct `A body with betas` {
  private static func fit(
    _ body: String, _ betas: [String], _ platform: BetaPlatform
  ) throws -> (body: String, betas: [String], losses: [String]) {
    let fit = BetaFit(try JSONDocument(body), betas: betas, for: platform)
    return (String(decoding: fit.body, as: UTF8.self), fit.betas, fit.losses.tags)
  }

  @Test func `stays as it is, byte for byte, where all is taken`() throws {
    let body = #" {"model" :"m", "context_management":{"a":1.50},"tools":[{"name":"f"}]} "#
    let (kept, betas, losses) = try Self.fit(
      body, ["context-management-2025-06-27"], .vertex)
    #expect(kept == body && losses.isEmpty)
    #expect(betas == ["context-management-2025-06-27"])
  }

  @Test func `has betas renamed as the platform calls them`() throws {
    let (_, betas, losses) = try Self.fit("{}", ["advanced-tool-use-2025-11-20"], .vertex)
    #expect(betas == ["tool-search-tool-2025-10-19"] && losses.isEmpty)
  }

  @Test func `loses a server tool that Bedrock does not run, and the choice of it`() throws {
    let search = #"{"type":"web_search_20250305","name":"web_search"}"#
    let (body, _, losses) = try Self.fit(
      #"{"tools":[\#(search),{"name":"f"}],"tool_choice":{"type":"tool","name":"web_search"},"x":1}"#,
      [], .bedrockInvoke)
    #expect(body == #"{"tools":[{"name":"f"}],"x":1}"#)
    #expect(losses == ["server_tool_web_search_20250305", "tool_choice"])
    let (none, _, _) = try Self.fit(
      #"{"a":1,"tools":[\#(search)],"tool_choice":{"type":"auto"}}"#, [], .bedrockInvoke)
    #expect(none == #"{"a":1}"#)
    let (vertex, _, told) = try Self.fit(#"{"tools":[\#(search)]}"#, [], .vertex)
    #expect(vertex == #"{"tools":[\#(search)]}"# && told.isEmpty)
  }

  @Test func `keeps what is generally available when no beta was asked for`() throws {
    let body = #"{"output_config":{"effort":"low"},"tools":[{"name":"f","strict":true}]}"#
    for platform in BetaPlatform.allCases {
      let (kept, _, losses) = try Self.fit(body, [], platform)
      #expect(kept == body && losses.isEmpty)
    }
  }

  /// Everything that needs a beta, at once.
  private static let full = #"""
    {"context_management":{},"mcp_servers":[],"model":"m","safeguards":{},"speed":"fast",
    "container":{},"output_config":{"effort":"low","format":{}},"system":[{"type":"text",
    "text":"s","cache_control":{"type":"ephemeral","scope":"global"}}],"tools":[{"name":"f",
    "strict":true,"defer_loading":true,"allowed_callers":[],"input_examples":[],
    "eager_input_streaming":true},{"type":"mcp_toolset","name":"t"},{"name":"g"}],
    "messages":[{"role":"user","output_config":{},"content":[{"type":"text","text":"q",
    "cache_control":{"scope":"global","type":"ephemeral"}}]}]}
    """#

  @Test(arguments: BetaPlatform.allCases, BetaTable.names)
  func `never keeps one half of the two`(platform: BetaPlatform, beta: String) throws {
    let (body, betas, losses) = try Self.fit(Self.full, [beta], platform)
    let root = try JSONDocument(body).root
    let treatment = BetaTable.standard.treatment(of: beta, on: platform)
    let isKept = treatment != .refuses && (treatment != .unknown || platform == .anthropic)
    #expect(betas.isEmpty != isKept && losses.contains { $0.hasPrefix("beta_") } != isKept)
    guard !isKept else { return }
    func has(_ needs: [BetaNeeds.Need], in value: JSONValue?) -> Bool {
      needs.contains { $0.beta == beta && value?.member($0.name) != nil }
    }
    let message = root["messages"]?.elements.first { _ in true }
    let tool = root["tools"]?.elements.first { _ in true }
    let block = message?["content"]?.elements.first { _ in true }
    let system = root["system"]?.elements.first { _ in true }
    #expect(!has(BetaNeeds.members, in: root) && !has(BetaNeeds.turnMembers, in: message))
    #expect(!has(BetaNeeds.outputParts, in: root["output_config"]))
    #expect(!has(BetaNeeds.toolMembers, in: tool) && tool?["name"]?.string == "f")
    #expect(!has(BetaNeeds.cacheMembers, in: block?["cache_control"]))
    #expect(!has(BetaNeeds.cacheMembers, in: system?["cache_control"]))
    #expect(root["model"]?.string == "m")
  }
}
