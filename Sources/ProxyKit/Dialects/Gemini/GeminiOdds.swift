/// `logprobsResult`: the odds of tokens in Google's words, the tokens said and the likeliest ones in
/// two lists of the same length.
enum GeminiOdds {
  static func read(_ result: ChatNode) -> [TokenOdds] {
    guard let said = result["chosenCandidates"] else { return [] }
    let steps = result["topCandidates"]?.elements.map { $0["candidates"] } ?? []
    return said.elements.enumerated().compactMap { index, node in
      guard let token = token(node) else { return nil }
      let others = index < steps.count ? steps[index]?.elements.compactMap { self.token($0) } : nil
      return TokenOdds(token, alternatives: others ?? [])
    }
  }

  private static func token(_ node: ChatNode) -> TokenOdds.Token? {
    guard let text = node["token"]?.text else { return nil }
    let logprob = node["logProbability"]
    guard let logprob, logprob.kind == .number else {
      // A certainty is a zero, which may be left out.
      return logprob == nil ? TokenOdds.Token(text, logprob: JSONRaw(stringLiteral: "0")) : nil
    }
    return TokenOdds.Token(text, logprob: logprob.raw)
  }

  static func write(_ odds: [TokenOdds], into writer: inout JSONWriter) {
    writer.name("logprobsResult")
    writer.object { writer in
      writer.name("chosenCandidates")
      write(odds.map(\.said), into: &writer)
      guard odds.contains(where: { !$0.alternatives.isEmpty }) else { return }
      writer.name("topCandidates")
      writer.array { writer in
        for odds in odds {
          writer.object { writer in
            writer.name("candidates")
            write(odds.alternatives, into: &writer)
          }
        }
      }
    }
  }

  private static func write(_ tokens: [TokenOdds.Token], into writer: inout JSONWriter) {
    writer.array { writer in
      for token in tokens {
        writer.object { writer in
          writer.member("token", token.text)
          writer.member("logProbability", token.logprob)
        }
      }
    }
  }
}
