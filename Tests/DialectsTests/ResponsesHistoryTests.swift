@testable internal import Dialects
internal import Testing

@Suite struct `A conversation that goes on from a response` {
  private static let input = Array(
    #"[{"id":"msg_a","type":"message","role":"user","content":"One"}]"#.utf8)
  private static let response = Array(
    #"{"id":"resp_a","output":[{"id":"rs_a","type":"reasoning","summary":[]},{"id":"msg_b","x":1.50}]}"#
      .utf8)

  private static func joined(_ request: String) throws -> JSONValue {
    let document = try JSONDocument(request)
    return try JSONDocument(ResponsesHistory.joined(document, after: input, response)).root
  }

  @Test(arguments: [
    (#""Two""#, ["{\"type\":\"message\",\"role\":\"user\",\"content\":\"Two\"}"]),
    (#"[{"a":1},{"b":"ü\n"}]"#, [#"{"a":1}"#, #"{"b":"ü\n"}"#]),
    ("[]", []), ("null", []),
  ]) func `has everything in its own input`(new: String, items: [String]) throws {
    let root = try Self.joined(
      #"{"model":"m","previous_response_id":"resp_a","input":\#(new),"z":[1.0]}"#)
    let raw = root["input"]?.elements.map { String(decoding: $0.raw.bytes, as: UTF8.self) }
    #expect(
      raw == [
        #"{"id":"msg_a","type":"message","role":"user","content":"One"}"#,
        #"{"id":"rs_a","type":"reasoning","summary":[]}"#, #"{"id":"msg_b","x":1.50}"#,
      ] + items)
    #expect(root.member("previous_response_id") == nil)
    #expect(root["z"]?.raw == JSONRaw(Array("[1.0]".utf8)[...]))
  }

  @Test func `leaves no second spelling of what it replaced`() throws {
    let root = try Self.joined(
      #"{"input":"x","previous_response_id":"a","inp\u0075t":"y","previous_response\u005fid":"b"}"#)
    #expect(root.members.map(\.name.string) == ["input"])
  }

  @Test(
    arguments: [
      ("{}", nil, true), (#"{"store":false}"#, nil, false), (#"{"store":null}"#, nil, true),
      (#"{"previous_response_id":"resp_1","store":true}"#, "resp_1", true),
      (#"{"previous_response_id":null}"#, nil, true), (#"{"previous_response_id":""}"#, nil, true),
    ] as [(String, String?, Bool)]) func `says what is to be kept and what was before`(
      request: String, previous: String?, isStored: Bool
    ) throws
  {
    let document = try JSONDocument(request)
    #expect(ResponsesHistory.previous(of: document) == previous)
    #expect(ResponsesHistory.wantsStore(document) == isStored)
  }

  @Test(arguments: [
    (#"{"id":"resp_1","status":"queued","output":[]}"#, true),
    (#"{"id":"resp_1","status":"in_progress"}"#, true),
    (#"{"id":"resp_1","status":"completed"}"#, false), (#"{"status":"queued"}"#, false),
    ("queued", false), ("", false),
  ]) func `knows an answer that comes later`(reply: String, isPutOff: Bool) {
    #expect(ResponsesHistory.isPutOff(Array(reply.utf8)) == isPutOff)
  }
}

@Suite struct `The items of a response` {
  private static func items(_ input: String) throws -> [JSONValue] {
    let document = try JSONDocument(#"{"input":\#(input)}"#)
    let kept = ResponsesInputItems.items(of: document, requestID: "req\"1")
    return Array(try JSONDocument(kept).root.elements)
  }

  @Test func `are one message when the input is a text`() throws {
    let item = try #require(try Self.items(#""Hi \"you\"""#).first)
    let text =
      #"{"id":"msg_req\"1_in0","type":"message","status":"completed","role":"user","#
      + #""content":[{"type":"input_text","text":"Hi \"you\""}]}"#
    #expect(String(decoding: item.raw.bytes, as: UTF8.self) == text)
  }

  @Test(
    arguments: [
      (#"{"role":"user","content":"a"}"#, "msg_", "completed", "input_text"),
      (#"{"role":"assistant","content":"a"}"#, "msg_", "completed", "output_text"),
      (
        #"{"type":"message","role":"developer","content":[{"type":"input_text","text":"a"}]}"#,
        "msg_", "completed", "input_text"
      ),
      (#"{"type":"function_call","call_id":"c","name":"n","arguments":"{}"}"#, "fc_", nil, nil),
      (#"{"type":"function_call_output","call_id":"c","output":"x"}"#, "fco_", "completed", nil),
      (#"{"type":"custom_tool_call","call_id":"c","name":"n","input":""}"#, "ctc_", nil, nil),
      (
        #"{"type":"custom_tool_call_output","call_id":"c","output":"x"}"#, "ctco_", "completed", nil
      ),
      (#"{"type":"reasoning","id":null,"summary":[]}"#, "rs_", nil, nil),
      (#"{"type":"of_tomorrow"}"#, "item_", nil, nil),
    ] as [(String, String, String?, String?)]) func `get a name and a state`(
      given: String, prefix: String, status: String?, part: String?
    ) throws
  {
    let item = try #require(try Self.items("[\(given)]").first)
    let id = try #require(item["id"]?.string)
    #expect(id.hasPrefix(prefix) && id.hasSuffix("req\"1_in0"))
    #expect(item["status"]?.string == status)
    #expect(item["content"]?.elements.map { $0["type"]?.string }.first ?? nil == part)
    #expect(item.members.filter { $0.name.equals("id") }.count == 1)
    // Every other member is there as it was.
    for (name, value) in try JSONDocument(given).root.members
    where !["id", "content"].contains(name.string) {
      #expect(item.members.contains { $0.name == name && $0.value.raw == value.raw })
    }
  }

  @Test func `keep the names that they have`() throws {
    let given =
      #"{"id":"msg_own","type":"message","role":"user","status":"completed","content":[]}"#
    let item = try #require(try Self.items("[\(given)]").first)
    #expect(item["id"]?.string == "msg_own")
    let numbers = try Self.items("[1]").map(\.integer)
    #expect(numbers == [1])
  }

  private static let kept = Array(
    ("[" + (0..<30).map { #"{"id":"i\#($0)"}"# }.joined(separator: ",") + "]").utf8)

  @Test(
    arguments: [
      (nil, nil, nil, 29, 10, true), ("5", "asc", nil, 0, 4, true),
      ("100", "asc", nil, 0, 29, false),
      ("2", "desc", "i9", 8, 7, true), (nil, "asc", "i9", 10, 29, false),
      ("3", "asc", "i28", 29, 29, false),
    ] as [(String?, String?, String?, Int, Int, Bool)]) func `are listed in pages`(
      limit: String?, order: String?, after: String?, first: Int, last: Int, hasMore: Bool
    ) throws
  {
    let page = try ResponsesItemPage(limit: limit, order: order, after: after)
    let root = try JSONDocument(page.list(Self.kept)).root
    #expect(root["object"]?.string == "list")
    #expect(root["first_id"]?.string == "i\(first)")
    #expect(root["last_id"]?.string == "i\(last)")
    #expect(root["data"]?.elements.map { $0["id"]?.string }.first == "i\(first)")
    #expect(root["data"].map { Array($0.elements).count } == abs(last - first) + 1)
    #expect(root["has_more"]?.bool == hasMore)
  }

  @Test func `make an empty page at the end`() throws {
    let page = try ResponsesItemPage(limit: nil, order: "asc", after: "i29")
    let text = String(decoding: try page.list(Self.kept), as: UTF8.self)
    #expect(text == #"{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}"#)
  }

  @Test(
    arguments: [
      ("0", nil, nil), ("101", nil, nil), ("x", nil, nil), ("", nil, nil), (nil, "up", nil),
      (nil, nil, "i30"),
    ] as [(String?, String?, String?)]) func `are not listed by other words`(
      limit: String?, order: String?, after: String?
    ) throws
  {
    let failure = #expect(throws: Failure.self) {
      try ResponsesItemPage(limit: limit, order: order, after: after).list(Self.kept)
    }
    #expect(failure?.status == 400 && failure?.parameter != nil)
  }
}
