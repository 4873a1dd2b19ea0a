/// What a request says of the responses before it, and the whole request that it means.
///
/// A client that names the response it goes on from sends only what is new. For a backend that has
/// not kept that response, what was said before is put in front.
package enum ResponsesHistory {
  /// The response that the request goes on from.
  package static func previous(of request: JSONDocument) -> String? {
    guard let id = request.root["previous_response_id"]?.string, !id.isEmpty else { return nil }
    return id
  }

  /// Whether the response is to be kept: it is, unless the client says otherwise.
  package static func wantsStore(_ request: JSONDocument) -> Bool {
    request.root["store"]?.bool ?? true
  }

  /// The request with all that was said before in its own input.
  ///
  /// Instructions are not taken over: they are said anew with every request, as at OpenAI.
  package static func joined(
    _ request: JSONDocument, after input: [UInt8], _ response: [UInt8]
  ) throws(Failure) -> [UInt8] {
    guard let before = try? JSONDocument(input).root, let answer = try? JSONDocument(response).root
    else { throw missing("") }
    var edit = JSONMemberEdit(request.root, removing: ["previous_response_id", "input"])
    edit.prepend { writer in
      writer.name("input")
      writer.array { writer in
        for item in before.elements { writer.raw(item.raw) }
        if let output = answer["output"] {
          for item in output.elements { writer.raw(item.raw) }
        }
        write(request.root["input"], into: &writer)
      }
    }
    return edit.bytes
  }

  private static func write(_ input: JSONValue?, into writer: inout JSONWriter) {
    if let text = input?.text {
      writer.object {
        $0.member("type", word: "message")
        $0.member("role", word: "user")
        $0.member("content", text)
      }
    } else if let input {
      for item in input.elements { writer.raw(item.raw) }
    }
  }

  /// The name under which our own writer of replies tells a response.
  package static func id(of stage: ReplyStage) -> String { "resp_" + stage.requestID }

  /// The response's name in a reply that an upstream has kept or will give later.
  package static func id(of reply: [UInt8]) -> String? {
    guard let root = try? JSONDocument(reply).root else { return nil }
    return root["id"]?.string
  }

  /// Whether the reply says that the answer is to be asked for later.
  package static func isPutOff(_ reply: [UInt8]) -> Bool {
    guard let root = try? JSONDocument(reply).root, root["id"]?.text != nil,
      let status = root["status"]?.text
    else { return false }
    return status.equals("queued") || status.equals("in_progress")
  }

  /// Nobody of this caller's has made the response that the request goes on from.
  package static func missing(_ id: String) -> Failure {
    Failure(
      .invalidRequest, origin: .client, status: 400,
      "Previous response with id '\(id.prefix(200))' not found.",
      code: "previous_response_not_found", parameter: "previous_response_id")
  }
}
