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
  ) -> EncodedRequest {
    var encoder = GeminiRequestEncoder(conversation, for: target)
    // Vertex counts the members of a request where they stand.
    guard target.platform != .vertex else { return encoder.encode() }
    let encoded = encoder.encode()
    let name = target.model.hasPrefix("models/") ? target.model : "models/\(target.model)"
    var writer = JSONWriter(reserving: encoded.body.count + 64)
    writer.object { writer in
      writer.name("generateContentRequest")
      writer.object { writer in
        writer.member("model", name)
        guard let root = try? JSONDocument(encoded.body).root else { return }
        for (name, value) in root.members {
          writer.name(name)
          writer.raw(value.raw)
        }
      }
    }
    return EncodedRequest(
      body: writer.bytes, losses: encoded.losses, toolNames: encoded.toolNames)
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
