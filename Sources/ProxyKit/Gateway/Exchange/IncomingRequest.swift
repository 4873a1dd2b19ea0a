internal import Dialects
internal import Transport

/// A client's request, parsed once; every attempt is written from it.
struct IncomingRequest: Sendable {
  var document: JSONDocument
  let dialect: Dialect
  let model: String
  let wantsStream: Bool
  /// What the client wants its stream wrapped in.
  let framing: StreamFraming
  /// Switches that came inside the body, as they do in a cloud's envelope.
  let betas: [String]
  /// The reply goes out in the words of before there were messages, and so no bytes pass.
  let isCompletion: Bool

  init(body: [UInt8], to endpoint: Endpoint) throws(Failure) {
    var document = try Self.object(in: body)
    var betas: [String] = []
    if endpoint.envelope != nil {
      let streams = endpoint.streams ?? (document.root["stream"]?.bool ?? false)
      let letter = try AnthropicEnvelope.open(
        document, model: endpoint.model, streams: streams)
      document = try Self.object(in: letter.body)
      betas = letter.betas
    }
    if endpoint.isCompletion {
      document = try Self.object(in: LegacyCompletion.chatRequest(document))
    }
    isCompletion = endpoint.isCompletion
    if let stream = document.root["stream"], stream.bool == nil {
      throw Failure.invalid("stream: must be true or false", parameter: "stream")
    }
    self.document = document
    self.betas = betas
    dialect = endpoint.dialect
    framing = endpoint.framing
    model = try Self.model(of: document, at: endpoint)
    wantsStream = endpoint.streams ?? document.root["stream"]?.bool ?? false
  }

  /// Folds a reply for the client.
  func encodeReply(
    _ events: [ReplyEvent], _ stage: ReplyStage, losses: inout Losses
  ) -> [UInt8] {
    isCompletion
      ? LegacyCompletion.encodeReply(events, stage, losses: &losses)
      : dialect.codec.encodeReply(events, stage, losses: &losses)
  }

  /// Whether the client's own bytes may go to the backend, and the backend's to the client.
  func passes(to deployment: Deployment) -> Bool {
    dialect == deployment.dialect && !isCompletion
  }

  /// The request in the hub's words, with what only the path said.
  func conversation() throws(Failure) -> Conversation {
    var conversation = try dialect.codec.decodeRequest(document)
    conversation.model = model
    conversation.wantsStream = wantsStream
    return conversation
  }

  /// The question for the number of tokens in the hub's words.
  func countQuestion() throws(Failure) -> Conversation {
    var conversation = try dialect.codec.decodeCount(document)
    conversation.model = model
    return conversation
  }

  /// What is said when no deployment is there for its model.
  var unserved: Failure {
    Failure(.notFound, origin: .client, status: 404, "no backend serves model `\(model)`")
  }

  static func object(in body: [UInt8]) throws(Failure) -> JSONDocument {
    let document: JSONDocument
    do {
      document = try JSONDocument(body)
    } catch {
      throw Failure.invalid(
        body.isEmpty
          ? "the request has no body; send a JSON object"
          : "the body is not valid JSON: \(error.reason) (at byte \(error.offset))")
    }
    guard document.root.kind == .object else {
      throw Failure.invalid("the body must be a JSON object")
    }
    return document
  }

  /// The model that the path names, or the body.
  static func model(
    of document: JSONDocument, at endpoint: Endpoint
  ) throws(Failure) -> String {
    if let named = endpoint.model { return try checked(named) }
    guard let model = document.root["model"] else {
      throw Failure.invalid("model: this member is required", parameter: "model")
    }
    return try checked(model.string ?? "")
  }

  private static func checked(_ name: String) throws(Failure) -> String {
    guard !name.isEmpty, name.utf8.count <= 512 else {
      throw Failure.invalid(
        "model: must be a string of 1 to 512 bytes", parameter: "model")
    }
    return name
  }

  /// Refuses, from the headers alone, a body that could not be read anyway.
  static func checkFields(_ head: RequestHead) throws(Failure) {
    if let type = head.fields.first("content-type"), type != "application/json" {
      let name = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
      guard name.hasSuffix("/json") || name.hasSuffix("+json") else {
        throw Failure(
          .invalidRequest, origin: .client, status: 415,
          "content-type `\(name.prefix(80))` is not understood; send `application/json`")
      }
    }
    if let coding = head.fields.first("content-encoding"), !coding.equalsIgnoringCase("identity") {
      throw Failure(
        .invalidRequest, origin: .client, status: 415,
        "content-encoding `\(coding.prefix(80))` is not understood; send the body uncompressed")
    }
  }
}
