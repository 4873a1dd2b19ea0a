/// The completions of before there were messages: a prompt goes in, text comes out.
package enum LegacyCompletion {
  /// What the language asks for when the client does not say.
  private static let usualMaximum = 16

  /// Reads a request as the conversation that it would be today.
  static func decodeRequest(_ document: JSONDocument) throws(Failure) -> Conversation {
    do {
      return try ChatRequestDecoder.decode(JSONDocument(chatRequest(document)))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .invalid("The body must be a JSON object.")
    }
  }

  /// The request as Chat has it.
  package static func chatRequest(_ document: JSONDocument) throws(Failure) -> [UInt8] {
    let root = document.root
    guard root.kind == .object else { throw .invalid("The body must be a JSON object.") }
    let prompt = try prompt(root["prompt"])
    var writer = JSONWriter(reserving: document.bytes.count + 128)
    writer.object { writer in
      for (name, value) in root.members where !isSpecial(name, value) {
        writer.name(name)
        writer.raw(value.raw)
      }
      if root["max_tokens"] == nil { writer.member("max_tokens", usualMaximum) }
      if let alternatives = root["logprobs"]?.integer {
        writer.member("logprobs", true)
        writer.member("top_logprobs", alternatives)
      }
      writer.name("messages")
      writer.array { writer in
        writer.object { writer in
          writer.member("role", word: "user")
          writer.member("content", prompt)
        }
      }
    }
    return writer.bytes
  }

  /// Members that are said in another way, or say nothing.
  private static func isSpecial(_ name: JSONText, _ value: JSONValue) -> Bool {
    if name.equals("prompt") || name.equals("messages") || name.equals("logprobs") { return true }
    if name.equals("echo") { return value.bool != true }
    return name.equals("best_of") && value.integer == 1
  }

  private static func prompt(_ value: JSONValue?) throws(Failure) -> JSONText {
    guard let value else { throw .invalid("prompt is missing.", parameter: "prompt") }
    if let text = value.text { return text }
    let prompts = value.elements.map(\.text)
    guard prompts.count == 1, let only = prompts[0] else {
      throw .invalid("prompt must be a string, or a list of one string.", parameter: "prompt")
    }
    return only
  }

  /// Folds events into a whole reply; a failure is Chat's.
  package static func encodeReply(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    var encoder = LegacyCompletionEncoder(stage)
    var out: [UInt8] = []
    encoder.fold(events, into: &out)
    losses.record(contentsOf: encoder.losses)
    return out
  }

  package static func makeStreamEncoder(_ stage: ReplyStage) -> any ReplyEncoder {
    LegacyCompletionEncoder(stage)
  }
}
