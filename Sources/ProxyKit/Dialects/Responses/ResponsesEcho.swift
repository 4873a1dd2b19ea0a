/// What a response tells of the request it answers: its clients' models want these members.
package struct ResponsesEcho: Sendable {
  /// Members of the response object, each with a comma before it.
  let members: [UInt8]

  /// Reads what is to be echoed from the request as the client sent it.
  package init(_ request: JSONDocument) {
    self.init(request.root)
  }

  /// Where nothing is known of the request.
  static let none = ResponsesEcho(nil)

  /// The members, with what they are where a request does not say.
  private static let known: [(name: StaticString, absent: StaticString)] = [
    ("background", "false"), ("instructions", "null"), ("max_output_tokens", "null"),
    ("max_tool_calls", "null"), ("metadata", "{}"), ("parallel_tool_calls", "true"),
    ("previous_response_id", "null"), ("prompt_cache_key", "null"),
    ("reasoning", #"{"effort":null,"summary":null}"#), ("safety_identifier", "null"),
    ("service_tier", #""default""#), ("store", "true"), ("temperature", "1.0"),
    ("text", #"{"format":{"type":"text"}}"#), ("tool_choice", #""auto""#), ("tools", "[]"),
    ("top_logprobs", "0"), ("top_p", "1.0"), ("truncation", #""disabled""#), ("user", "null"),
  ]

  private init(_ root: JSONValue?) {
    var members: [UInt8] = []
    for (name, absent) in Self.known {
      members.append(",\"")
      members.append(name)
      members.append("\":")
      if let given = root?[name], given.text?.equals("auto") != true || !name.isTier {
        members.append(contentsOf: given.raw.bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
      } else {
        members.append(absent)
      }
    }
    self.members = members
  }
}

extension StaticString {
  /// Whether it names the tier, of which `auto` is no answer.
  fileprivate var isTier: Bool { JSONText("service_tier").equals(self) }
}
