/// Google's counter of tokens: its requests and replies.
package enum GeminiCount {
  /// Reads what a client wants counted: contents alone, or a whole request.
  package static func decodeRequest(
    _ document: JSONDocument
  ) throws(Failure) -> Conversation {
    let root = document.root
    let whole = root.google("generateContentRequest", "generate_content_request")
    return try GeminiRequestDecoder.decode(whole ?? root)
  }

  /// Writes the question how many tokens a conversation has.
  package static func encodeRequest(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> EncodedRequest {
    var encoder = GeminiRequestEncoder(conversation, for: target)
    var encoded = try encoder.encode()
    encoded.body = fitted(encoded.body, for: target)
    return encoded
  }

  /// The client's own question for a counter of the same language.
  package static func passRequest(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> [UInt8] {
    guard let whole = document.root.google("generateContentRequest", "generate_content_request")
    else { return try GeminiPassage.pass(document, for: target).body }
    guard let inner = try? JSONDocument(whole.raw.bytes) else { return Array(document.bytes) }
    return fitted(try GeminiPassage.pass(inner, for: target).body, for: target)
  }

  /// The request as the counter takes it: Vertex wants its members where they stand, Google itself
  /// the whole with its model.
  private static func fitted(_ body: [UInt8], for target: Target) -> [UInt8] {
    guard let root = try? JSONDocument(body).root else { return body }
    let isWhole = target.platform != .vertex
    var writer = JSONWriter(reserving: body.count + 64)
    func writeMembers(into writer: inout JSONWriter) {
      for (name, value) in root.members where !name.equals("model") {
        writer.name(name)
        writer.raw(value.raw)
      }
    }
    writer.object { writer in
      guard isWhole else { return writeMembers(into: &writer) }
      writer.name("generateContentRequest")
      writer.object { writer in
        let name = target.model.hasPrefix("models/") ? target.model : "models/\(target.model)"
        writer.member("model", name)
        writeMembers(into: &writer)
      }
    }
    return writer.bytes
  }

  /// The count in an upstream's reply; nil when there is none.
  package static func decodeReply(_ bytes: [UInt8]) -> Int? {
    guard let root = try? JSONDocument(bytes).root else { return nil }
    return root.google("totalTokens", "total_tokens")?.googleInteger.map { max(0, $0) }
  }

  /// Writes a count for a client.
  package static func encodeReply(tokens: Int) -> [UInt8] {
    var writer = JSONWriter(reserving: 32)
    writer.object { $0.member("totalTokens", tokens) }
    return writer.bytes
  }
}
