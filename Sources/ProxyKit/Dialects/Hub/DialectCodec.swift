/// One language, read and written: request, reply, stream, failure.
package protocol DialectCodec: Sendable {
  /// Reads a client's request; refuses with a sentence what the language does not allow.
  ///
  /// Where the path names the model and says whether to stream, the caller fills both in.
  func decodeRequest(_ document: JSONDocument) throws(Failure) -> Conversation
  /// Writes the request for an upstream of this language.
  func encodeRequest(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> EncodedRequest
  /// The client's own bytes for an upstream of the same language, changed only where the route must.
  func passRequest(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest

  /// Reads a whole reply as the events a stream of it would have given.
  func decodeReply(_ bytes: [UInt8]) -> [ReplyEvent]
  /// With `hidingUsage` the decoder also keeps the stream as the client may see it.
  func makeStreamDecoder(hidingUsage: Bool) -> any ReplyDecoder
  /// Folds events into a whole reply; the events end with `.end`.
  func encodeReply(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8]
  func makeStreamEncoder(_ stage: ReplyStage) -> any ReplyEncoder

  /// What a whole reply repeats of its request; nil where the language repeats nothing.
  func echo(_ document: JSONDocument) -> ResponsesEcho?
  /// Header fields that go with a failure, beside those that every language has.
  func failureFields(_ failure: Failure) -> [(name: String, value: String)]
  /// Reads a client's question for the number of tokens.
  func decodeCount(_ document: JSONDocument) throws(Failure) -> Conversation
  /// Writes a question to the upstream's own token counter; nil where the language has none.
  func encodeCount(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> [UInt8]?
  /// The client's own question, for a counter of the same language.
  func passCount(_ document: JSONDocument, for target: Target) throws(Failure) -> [UInt8]
  /// The number in a counter's answer.
  func decodeCount(_ bytes: [UInt8]) -> Int?
  func encodeCount(_ tokens: Int) -> [UInt8]

  /// Reads an upstream's refusal. `status` is never a success.
  func decodeFailure(status: Int, _ body: [UInt8]) -> Failure
  /// The same, where a header may name the error (Amazon's `x-amzn-errortype`).
  func decodeFailure(status: Int, errorType: String?, _ body: [UInt8]) -> Failure
  func encodeFailure(_ failure: Failure, requestID: String) -> [UInt8]
}

/// Most languages ask for a count as they ask for an answer.
extension DialectCodec {
  package func echo(_ document: JSONDocument) -> ResponsesEcho? { nil }
  package func failureFields(_ failure: Failure) -> [(name: String, value: String)] { [] }

  package func decodeFailure(status: Int, errorType: String?, _ body: [UInt8]) -> Failure {
    decodeFailure(status: status, body)
  }

  package func decodeCount(_ document: JSONDocument) throws(Failure) -> Conversation {
    try decodeRequest(document)
  }

  package func encodeCount(
    _ conversation: Conversation, for target: Target
  ) throws(Failure) -> [UInt8]? { nil }

  package func passCount(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> [UInt8] {
    try passRequest(document, for: target).body
  }

  package func decodeCount(_ bytes: [UInt8]) -> Int? {
    (try? JSONDocument(bytes))?.root["input_tokens"]?.integer
  }

  package func encodeCount(_ tokens: Int) -> [UInt8] {
    Array(#"{"input_tokens":\#(tokens)}"#.utf8)
  }
}

/// A request in the words of an upstream, and what those words could not say.
package struct EncodedRequest: Sendable {
  package var body: [UInt8]
  package var losses: Losses
  /// Names that the upstream could not take, with the client's own, for the reader of the reply.
  package var toolNames: [JSONText: JSONText]
  /// Switches the upstream wants named in its headers (Anthropic's betas).
  package var betas: [String]

  package init(
    body: [UInt8], losses: Losses, toolNames: [JSONText: JSONText] = [:], betas: [String] = []
  ) {
    self.body = body
    self.losses = losses
    self.toolNames = toolNames
    self.betas = betas
  }
}

/// A request passed on in its own language.
package struct PassedRequest: Sendable {
  package var body: [UInt8]
  /// True when usage was asked for on the client's behalf and must not be shown to it.
  package var hidesUsage: Bool
  /// What had to be taken out because the upstream would refuse it.
  package var losses: Losses

  package init(body: [UInt8], hidesUsage: Bool, losses: Losses = Losses()) {
    self.body = body
    self.hidesUsage = hidesUsage
    self.losses = losses
  }
}

/// Reads an upstream's stream, in whatever pieces it arrives.
package protocol ReplyDecoder: Sendable {
  /// Appends the events that the piece completes. A decoder that meets an error in the stream
  /// appends `.failed` and is silent afterwards.
  mutating func feed(_ piece: [UInt8], into events: inout [ReplyEvent])
  /// The upstream closed its stream: appends `.end`, or `.failed` when the reply was cut.
  mutating func finish(into events: inout [ReplyEvent])
  /// Whether a ping may be written into the stream that is being passed on.
  var isBetweenEvents: Bool { get }
  /// Takes the bytes read since the last call, without the usage that the client did not ask for;
  /// only a decoder made with `hidingUsage` keeps any.
  mutating func takeVisible() -> [UInt8]
  /// How many events the upstream has sent, in a language that numbers them; else 0.
  var eventCount: Int { get }
}

/// Most languages do not number their events.
extension ReplyDecoder {
  package var eventCount: Int { 0 }
}

/// Writes the client's stream as events arrive.
package protocol ReplyEncoder: Sendable {
  mutating func encode(_ events: [ReplyEvent], into out: inout [UInt8])
  /// Writes a sign of life in the language's own way; nothing where it has none.
  mutating func ping(into out: inout [UInt8])
  /// Takes a stream over that the upstream has begun, so that only its end is still to be written.
  mutating func goOn(after eventCount: Int)
  /// What the language could not say of the events so far.
  var losses: Losses { get }
}

/// Most languages end a stream the same way whoever began it.
extension ReplyEncoder {
  package mutating func goOn(after eventCount: Int) {}
}

/// What the writer of a reply must know of its request.
package struct ReplyStage: Sendable {
  /// The name the client asked for, echoed in the reply.
  package var model: String
  package var requestID: String
  /// Seconds since 1970, for languages that date their replies.
  package var createdAt: Int
  /// Shown until the upstream says how many it counted.
  package var estimatedInputTokens: Int
  /// Whether a stream tells usage (`stream_options.include_usage`).
  package var showsUsage: Bool
  /// The client's own spelling of its tools.
  package var toolForms: ToolForms
  /// What a Responses client reads of its own request in the reply.
  package var echo: ResponsesEcho?

  package init(
    model: String, requestID: String, createdAt: Int, estimatedInputTokens: Int = 0,
    showsUsage: Bool = true, toolForms: ToolForms = ToolForms(), echo: ResponsesEcho? = nil
  ) {
    self.model = model
    self.requestID = requestID
    self.createdAt = createdAt
    self.estimatedInputTokens = estimatedInputTokens
    self.showsUsage = showsUsage
    self.toolForms = toolForms
    self.echo = echo
  }
}
