import TestSupport
import Testing

@Suite("A scripted reply")
struct ScriptedReplyTests {
  @Test func `speaks OpenAI Chat with a final usage chunk and a terminator`() {
    let answer = ScriptedAnswer.openAIChatStream(.text("Hello"))
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(text.contains(#""delta":{"content":"Hello"}"#))
    #expect(text.contains(#""choices":[],"usage":{"prompt_tokens":25"#))
    #expect(text.hasSuffix("data: [DONE]\n\n"))
  }

  @Test func `leaves out the terminator, the usage and the reason when asked to`() {
    var reply = ScriptedReply.text("Hello")
    reply.reportsUsage = false
    reply.stop = .never
    let answer = ScriptedAnswer.openAIChatStream(reply, isTerminated: false)
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(!text.contains("[DONE]"))
    #expect(!text.contains("usage"))
    #expect(!text.contains(#""finish_reason":"stop""#))
  }

  @Test func `lets the arguments of parallel calls take turns`() {
    let answer = ScriptedAnswer.openAIChatStream(.rich)
    let indices = String(decoding: answer.body, as: UTF8.self).split(separator: "\n")
      .compactMap { line -> Character? in
        guard let range = line.firstRange(of: #""tool_calls":[{"index":"#) else { return nil }
        return line[range.upperBound]
      }
    #expect(indices.starts(with: ["0", "1", "0", "1", "0", "1"]))
  }

  @Test func `grows arguments to a megabyte`() {
    let bytes = ScriptedAnswer.openAIChat(.hugeArguments()).body
    #expect(bytes.count > 1_000_000)
  }

  @Test func `says an error inside its 200`() {
    let openAI = ScriptedAnswer.openAIErrorInside200()
    #expect(openAI.status == 200)
    #expect(String(decoding: openAI.body, as: UTF8.self).hasPrefix(#"data: {"error":"#))
    let anthropic = ScriptedAnswer.anthropicErrorInside200(after: .text("Half"))
    let text = String(decoding: anthropic.body, as: UTF8.self)
    #expect(text.contains("Half"))
    #expect(text.contains("event: error"))
    #expect(!text.contains("message_stop"))
  }
}
