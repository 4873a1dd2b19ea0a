internal import Dialects
internal import Transport

/// A client's request, parsed once; every attempt is written from it.
struct IncomingRequest: Sendable {
  let document: JSONDocument
  let dialect: Dialect
  let model: String
  let wantsStream: Bool

  init(body: [UInt8], dialect: Dialect) throws(Failure) {
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
    guard let model = document.root["model"] else {
      throw Failure.invalid("model: this member is required", parameter: "model")
    }
    guard let name = model.string, !name.isEmpty, name.utf8.count <= 512 else {
      throw Failure.invalid(
        "model: must be a string of 1 to 512 bytes", parameter: "model")
    }
    if let stream = document.root["stream"], stream.bool == nil {
      throw Failure.invalid("stream: must be true or false", parameter: "stream")
    }
    self.document = document
    self.dialect = dialect
    self.model = name
    wantsStream = document.root["stream"]?.bool ?? false
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
