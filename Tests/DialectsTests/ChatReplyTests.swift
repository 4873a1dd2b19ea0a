import Testing

@testable import Dialects

@Suite struct `A whole Chat reply` {
  private static func lines(_ json: String) -> String {
    ChatEventText.lines(Dialect.chat.codec.decodeReply(Array(json.utf8)))
  }

  private static func lines(message: String, finish: String = "stop") -> String {
    lines(
      #"{"id":"c","model":"m","choices":[{"index":0,"message":\#(message),"#
        + #""finish_reason":"\#(finish)"}]}"#)
  }

  private static func body(_ lines: String...) -> String {
    (["begin c m"] + lines).joined(separator: "\n") + "\n"
  }

  @Test func `gives thinking, text and calls in this order`() {
    let message =
      #"{"tool_calls":[{"id":"t1","function":{"name":"a","arguments":"{\"x\":1}"}},"#
      + #"{"id":"t2","function":{"name":"b","arguments":"{}"}}],"content":"Hi","#
      + #""reasoning_content":"Hm"}"#
    #expect(
      Self.lines(message: message, finish: "tool_calls")
        == Self.body(
          "open thinking", "  thinking Hm", "close", "open text", "  text Hi", "close",
          "open call t1 a", #"  arguments {\"x\":1}"#, "close", "open call t2 b",
          "  arguments {}", "close", "end toolCalls"))
  }

  @Test(arguments: [
    (#""""#, "{}"), (#""  \n""#, "{}"), ("null", "{}"), (#"{"a":1}"#, #"{\"a\":1}"#),
    (#""{\"a\":{\"b\":[1]}}""#, #"{\"a\":{\"b\":[1]}}"#), (#""3""#, #"{\"_raw\":3}"#),
    (#""\"s\"""#, #"{\"_raw\":\"s\"}"#), (#""[1]""#, #"{\"_raw\":[1]}"#),
    (#""{oops""#, #"{\"_raw_error\":\"{oops\"}"#),
    (#""```json\n{\"a\":1}\n```""#, #"{\"a\":1}"#), (#""```\n{\"a\":1}\n```  ""#, #"{\"a\":1}"#),
    (#""```JSON\n{\"a\":1}""#, #"{\"a\":1}"#), (#""```python\n{\"a\":1}\n```""#, #"{\"a\":1}"#),
    (#""{\"a\":\"```\"}""#, #"{\"a\":\"```\"}"#),
  ])
  func `makes an object of any arguments`(written: String, read: String) {
    let message = #"{"tool_calls":[{"id":"t","function":{"name":"f","arguments":\#(written)}}]}"#
    #expect(
      Self.lines(message: message, finish: "tool_calls")
        == Self.body("open call t f", "  arguments \(read)", "close", "end toolCalls"))
  }

  @Test func `gives a call its arguments, an id and a type when they are missing`() {
    let lines = Self.lines(
      message: #"{"tool_calls":[{"function":{"name":"f"}},{"id":"","function":{"name":"f"}}]}"#)
    let ids = lines.split(separator: "\n").filter { $0.hasPrefix("open call call_") }
    #expect(ids.count == 2 && Set(ids).count == 2)
    #expect(lines.hasSuffix("end toolCalls\n"))
  }

  @Test(arguments: [
    ("stop", "end endOfTurn"), ("length", "end maximumTokens"), ("tool_calls", "end endOfTurn"),
    ("function_call", "end endOfTurn"), ("content_filter", "end refusal"),
    ("later_word", "end other(later_word)"), ("", "end endOfTurn"),
  ])
  func `says why it ended`(word: String, line: String) {
    #expect(
      Self.lines(message: #"{"content":"a"}"#, finish: word)
        == Self.body("open text", "  text a", "close", line))
  }

  @Test(arguments: [("stop", "toolCalls"), ("length", "maximumTokens"), ("odd", "toolCalls")])
  func `with calls in it asks for their results`(word: String, reason: String) {
    let message = #"{"tool_calls":[{"id":"t","function":{"name":"f","arguments":"{}"}}]}"#
    #expect(Self.lines(message: message, finish: word).hasSuffix("end \(reason)\n"))
  }

  @Test func `may be empty, but not without a choice`() {
    #expect(Self.lines(message: #"{"content":null}"#) == Self.body("end endOfTurn"))
    #expect(Self.lines(#"{"choices":[]}"#).hasPrefix("failed upstream_5xx 502"))
    #expect(Self.lines("{}").hasPrefix("failed upstream_5xx 502"))
    #expect(Self.lines("<html>").hasPrefix("failed upstream_5xx 502"))
    #expect(Self.lines("").hasPrefix("failed upstream_5xx 502"))
  }

  @Test func `counts only the first of several choices`() {
    let lines = Self.lines(
      #"{"id":"c","model":"m","choices":[{"index":1,"message":{"content":"no"}},"#
        + #"{"index":0,"message":{"content":"yes"},"finish_reason":"stop"}]}"#)
    #expect(lines == Self.body("open text", "  text yes", "close", "end endOfTurn"))
  }

  @Test(arguments: [
    (#"{"prompt_tokens":10,"completion_tokens":2}"#, "in 10 out 2 read 0 written 0 reasoning 0"),
    (
      #"{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}"#,
      "in 6 out 2 read 4 written 0 reasoning 0"
    ),
    (
      #"{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":40}}"#,
      "in 10 out 2 read 40 written 0 reasoning 0"
    ),
    (#"{"prompt_tokens":-3,"completion_tokens":null}"#, "in 0 out 0 read 0 written 0 reasoning 0"),
    (#"{"prompt_tokens":9,"cached_tokens":5}"#, "in 4 out 0 read 5 written 0 reasoning 0"),
  ])
  func `counts cached tokens once`(usage: String, line: String) {
    let lines = Self.lines(
      #"{"choices":[{"message":{"content":""}}],"usage":\#(usage)}"#)
    #expect(lines.contains("usage \(line)\n"))
  }

  @Test func `that is an error inside a success fails`() {
    #expect(
      Self.lines(#"{"error":{"message":"no","code":503},"choices":[]}"#)
        == "failed overloaded 503 sameDeployment 503: no\n")
    #expect(
      Self.lines(#"{"choices":[{"error":{"code":502,"message":"gone"},"message":{}}]}"#)
        == "failed upstream_5xx 502 sameDeployment 502: gone\n")
    #expect(Self.lines(message: #"{"content":"a"}"#, finish: "error").hasPrefix("failed"))
  }

  @Test func `that came as a stream is read all the same`() throws {
    let bytes = try ChatFixture.bytes("streams/text.sse")
    let expected = try ChatFixture.text("streams/text.events")
    #expect(ChatEventText.lines(Dialect.chat.codec.decodeReply(bytes)) == expected)
  }
}
