/// How likely the model found a token that it said, and what it might have said in its place.
package struct TokenOdds: Sendable {
  package struct Token: Sendable {
    package var text: JSONText
    /// The logarithm of its probability, a number as its vendor wrote it.
    package var logprob: JSONRaw
    /// Its bytes as a list of numbers, where the vendor gives them: a token may be half a letter.
    package var bytes: JSONRaw?

    package init(_ text: JSONText, logprob: JSONRaw, bytes: JSONRaw? = nil) {
      self.text = text
      self.logprob = logprob
      self.bytes = bytes
    }
  }

  package var said: Token
  package var alternatives: [Token]

  package init(_ said: Token, alternatives: [Token] = []) {
    self.said = said
    self.alternatives = alternatives
  }
}

extension Conversation {
  /// Whether the client's language has words for the odds of tokens that its own vendor did not say.
  var readsOdds: Bool { origin == .chat || origin == .gemini }

  /// Refuses to ask for several answers where only one would come back.
  func refuseSeveralAnswers(unlessIn language: Dialect) throws(Failure) {
    guard let candidates, candidates > 1, origin != language else { return }
    let name = origin == .gemini ? "generationConfig.candidateCount" : "n"
    var failure = Failure.invalid(
      "\(name) is \(candidates), but the server of this model speaks another language, "
        + "from which one answer comes back; ask for one, or ask several times.",
      parameter: name)
    failure.retry = .otherDeployment
    throw failure
  }
}
