@testable import Dialects

/// An Anthropic request, translated.
struct TranslatedRequest {
  let body: String
  let losses: [String]
  let root: JSONValue

  init(_ json: String, for target: Target = Target(model: "gpt")) throws {
    try self.init(Array(json.utf8), for: target)
  }

  init(_ bytes: [UInt8], from origin: Dialect = .anthropic, for target: Target) throws {
    let conversation = try origin.codec.decodeRequest(JSONDocument(bytes))
    let encoded = try Dialect.chat.codec.encodeRequest(conversation, for: target)
    body = String(decoding: encoded.body, as: UTF8.self)
    losses = encoded.losses.tags
    root = try JSONDocument(encoded.body).root
  }

  /// A request with these messages and members.
  init(
    messages: String, _ members: String = "", for target: Target = Target(model: "gpt")
  ) throws {
    try self.init(
      #"{"model":"claude","max_tokens":5,"messages":[\#(messages)]\#(members)}"#, for: target)
  }

  /// One with a question and these members.
  init(members: String, for target: Target = Target(model: "gpt")) throws {
    try self.init(
      messages: #"{"role":"user","content":"q"}"#, "," + members, for: target)
  }

  var messages: String { self["messages"] ?? "" }

  subscript(_ name: StaticString) -> String? {
    root[name].map { String(decoding: $0.raw.bytes, as: UTF8.self) }
  }
}
