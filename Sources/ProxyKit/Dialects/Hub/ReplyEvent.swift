/// One step of a reply.
///
/// Every reply is a stream of these; a whole reply is the stream, folded.
/// The order is fixed: `begin`, then blocks one after the other (`open`, deltas, `close`), `usage`
/// whenever it is known, at last `end` or `failed`. Decoders keep this order whatever the upstream
/// did, so encoders need no state to repair it.
///
/// What comes with every chunk lies in the event itself; the rarer words stand beside it, so that
/// an event is no larger than a text.
package enum ReplyEvent: Sendable {
  indirect case begin(id: JSONText?, model: JSONText?)
  indirect case open(ReplyBlock)
  case text(JSONText)
  case thinking(JSONText)
  /// The whole seal of the open block; a call's seal comes with its `open`.
  indirect case seal(Seal)
  /// A fragment of a tool call's arguments, escaped as it stands inside a JSON string.
  case arguments(JSONText)
  indirect case citation(Citation)
  /// The odds of tokens of the text, somewhere behind them.
  case odds([TokenOdds])
  /// Something the upstream said that the hub has no word for, by its tag.
  case lost(String)
  case close
  indirect case usage(Usage)
  indirect case end(StopReason)
  indirect case failed(Failure)
}

package enum ReplyBlock: Sendable {
  case text
  case thinking
  case redactedThinking(Seal)
  case refusal
  case toolCall(id: JSONText, name: JSONText, seal: Seal? = nil)
  /// A block that only its own language knows, whole.
  case unknown(type: JSONText, JSONRaw)
}

package enum StopReason: Sendable, Equatable {
  case endOfTurn
  case maximumTokens
  case stopSequence(JSONText?)
  case toolCalls
  case refusal
  /// The model asks to be called again to go on.
  case pause
  case contextExceeded
  /// A reason that the hub has no word for.
  case other(JSONText)
}

/// Tokens by kind.
///
/// Input excludes what was read from or written to a prompt cache.
package struct Usage: Sendable, Equatable {
  package var input: Int
  package var output: Int
  package var cacheRead: Int
  package var cacheWrite5m: Int
  package var cacheWrite1h: Int
  /// The part of the output that was reasoning, where the vendor says so.
  package var reasoning: Int
  /// Searches that the vendor ran and charges for.
  package var webSearches: Int

  package init(
    input: Int = 0, output: Int = 0, cacheRead: Int = 0, cacheWrite5m: Int = 0,
    cacheWrite1h: Int = 0, reasoning: Int = 0, webSearches: Int = 0
  ) {
    self.input = input
    self.output = output
    self.cacheRead = cacheRead
    self.cacheWrite5m = cacheWrite5m
    self.cacheWrite1h = cacheWrite1h
    self.reasoning = reasoning
    self.webSearches = webSearches
  }

  package var cacheWrite: Int { cacheWrite5m + cacheWrite1h }
  /// Everything that went in, as OpenAI counts it.
  package var wholeInput: Int { input + cacheRead + cacheWrite }
}
