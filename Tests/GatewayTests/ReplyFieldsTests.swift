import Testing

@testable import Dialects
@testable import Gateway
@testable import Transport

@Suite struct `The headers of a reply` {
  private static let now = 1_795_262_400  // 2026-11-21T12:00:00Z

  private func forwarded(_ fields: HTTPFields, from: Dialect, to: Dialect) -> HTTPFields {
    var out = HTTPFields()
    ReplyFields.forward(
      fields, from: from, to: to, into: &out, showingLimits: true, nowSeconds: Self.now)
    return out
  }

  @Test func `tell OpenAI's limits in Anthropic's words`() {
    let out = forwarded(
      [
        "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-tokens": "1200",
        "x-ratelimit-reset-requests": "1m30s", "x-ratelimit-reset-tokens": "20ms",
        "retry-after": "3", "x-request-id": "up-1", "set-cookie": "a=b",
      ], from: .chat, to: .anthropic)
    #expect(out.first("anthropic-ratelimit-requests-limit") == "60")
    #expect(out.first("anthropic-ratelimit-tokens-remaining") == "1200")
    #expect(out.first("anthropic-ratelimit-requests-reset") == "2026-11-21T12:01:30Z")
    #expect(out.first("anthropic-ratelimit-tokens-reset") == "2026-11-21T12:00:01Z")
    #expect(out.first("retry-after") == "3")
    #expect(out.first("x-upstream-request-id") == "up-1")
    #expect(!out.contains("set-cookie"))
    #expect(!out.contains("x-ratelimit-limit-requests"))
  }

  @Test func `tell Anthropic's limits in OpenAI's words`() {
    let out = forwarded(
      [
        "anthropic-ratelimit-requests-reset": "2026-11-21T12:00:42Z",
        "anthropic-ratelimit-tokens-limit": "9", "anthropic-organization-id": "o",
      ], from: .anthropic, to: .chat)
    #expect(out.first("x-ratelimit-reset-requests") == "42s")
    #expect(out.first("x-ratelimit-limit-tokens") == "9")
    #expect(!out.contains("anthropic-organization-id"))
  }

  @Test func `stay as they are within one language`() {
    let out = forwarded(
      ["anthropic-ratelimit-unified-reset": "1", "request-id": "req_1", "x-should-retry": "false"],
      from: .anthropic, to: .anthropic)
    #expect(out.first("anthropic-ratelimit-unified-reset") == "1")
    #expect(out.first("request-id") == "req_1")
    #expect(out.first("x-should-retry") == "false")
  }

  @Test(arguments: [
    ("1m30s", 90_000), ("20ms", 20), ("6.2s", 6200), ("1h2m", 3_720_000), ("17", 17_000),
    ("0s", 0), ("1d", 86_400_000),
  ])
  func `read compact durations`(text: String, milliseconds: Int) {
    #expect(CompactDuration.milliseconds(text) == milliseconds)
  }

  @Test(arguments: ["", "soon", "1x", "s", "1m-", "2026-11-21T12:00:00Z"])
  func `refuse what is no duration`(text: String) {
    #expect(CompactDuration.milliseconds(text) == nil)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (1_795_262_400, "2026-11-21T12:00:00Z"),
    (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (4_102_444_799, "2099-12-31T23:59:59Z"),
  ])
  func `write and read dates`(seconds: Int, text: String) {
    #expect(CalendarTime.rfc3339(seconds: seconds) == text)
    #expect(CalendarTime.seconds(rfc3339: text) == seconds)
  }

  @Test func `read dates with a fraction or an offset`() {
    #expect(CalendarTime.seconds(rfc3339: "2026-11-21T12:00:00.123Z") == Self.now)
    #expect(CalendarTime.seconds(rfc3339: "2026-11-21T13:00:00+01:00") == Self.now)
    #expect(CalendarTime.seconds(rfc3339: "yesterday") == nil)
  }
}
