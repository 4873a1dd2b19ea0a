/// `logprobs`: the odds of tokens in OpenAI's words.
enum ChatOdds {
  static func read(_ logprobs: ChatNode) -> [TokenOdds] {
    guard let content = logprobs["content"] else { return [] }
    return content.elements.compactMap { element in
      guard let said = token(element) else { return nil }
      let others = element["top_logprobs"]?.elements.compactMap { token($0) }
      return TokenOdds(said, alternatives: others ?? [])
    }
  }

  private static func token(_ node: ChatNode) -> TokenOdds.Token? {
    guard let text = node["token"]?.text, let logprob = node["logprob"], logprob.kind == .number
    else { return nil }
    let bytes = node["bytes"]
    return TokenOdds.Token(
      text, logprob: logprob.raw, bytes: bytes?.kind == .array ? bytes?.raw : nil)
  }

  static func write(_ odds: [TokenOdds], into writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("content")
      writer.array { writer in
        for odds in odds {
          writer.object { writer in
            write(odds.said, into: &writer)
            writer.name("top_logprobs")
            writer.array { writer in
              for other in odds.alternatives { writer.object { write(other, into: &$0) } }
            }
          }
        }
      }
      writer.name("refusal")
      writer.null()
    }
  }

  private static func write(_ token: TokenOdds.Token, into writer: inout JSONWriter) {
    writer.member("token", token.text)
    writer.member("logprob", token.logprob)
    writer.name("bytes")
    if let bytes = token.bytes { return writer.raw(bytes) }
    writer.array { writer in
      for byte in token.text.unescaped { writer.integer(Int(byte)) }
    }
  }
}
