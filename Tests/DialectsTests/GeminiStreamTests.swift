import Testing

@testable import Dialects

struct `A stream of Gemini` {
  private static let codec = GeminiCodec()

  private static let tellings: [(name: String, lines: [String])] = [
    (
      "text",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 7 0 0 0 1 0", "open text", "text Hel",
        "text lo, wörld 😀", "text !", "close", "usage 7 0 0 0 5 0", "end endOfTurn",
      ]
    ),
    (
      "thinking",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 20 0 0 0 12 12", "open thinking",
        "thinking **Look**\n", "thinking closer.", "close", "open text", "text It is ",
        "text 42.", "seal gemini EtYCCtMCAXLI2n+abc/def==", "close", "usage 12 8 0 0 35 30",
        "end endOfTurn",
      ]
    ),
    (
      "calls",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 50 0 0 0 4 0", "open text",
        "text I will look.", "close", "open call fc_1 read_file gemini Q0FMTFNJRw==",
        #"arguments {"path": "a.txt", "limit": 10}"#, "close", "open call fc_2 read_file",
        #"arguments {"path": "b \"q\".txt"}"#, "close", "usage 50 0 0 0 31 9", "end toolCalls",
      ]
    ),
    (
      "max-tokens",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 2 0", "open text", "text never end",
        "close", "usage 3 0 0 0 8 0", "end maximumTokens",
      ]
    ),
    (
      "safety",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 2 0", "open text", "text Well, ",
        "close", "usage 3 0 0 0 2 0", "end refusal",
      ]
    ),
    (
      "blocked",
      [
        "begin r2 gemini-2.5-flash", "usage 9 0 0 0 0 0", "open refusal",
        "text The prompt was blocked: PROHIBITED_CONTENT.", "close", "usage 9 0 0 0 0 0",
        "end refusal",
      ]
    ),
    (
      "malformed-call",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 9 0 0 0 0 0", "usage 9 0 0 0 0 0",
        "failed upstream 502 The model wrote what cannot be read (MALFORMED_FUNCTION_CALL): "
          + "Malformed function call: print(",
      ]
    ),
    (
      "error",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 1 0", "open text", "text Half",
        "failed overloaded 503 The model is overloaded. Please try again later.",
      ]
    ),
    (
      "cut",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 1 0", "open text", "text Half",
        "text  an", "close", "failed cut 502 The upstream's answer ended before its end.",
      ]
    ),
    (
      "cut-inside",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 1 0", "open text", "text Half",
        "close", "failed cut 502 The upstream's answer ended before its end.",
      ]
    ),
    (
      "lonely-signature",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 5 5", "open thinking",
        "seal gemini TE9ORQ==", "close", "open call g1 go", "arguments {}", "close",
        "usage 3 0 0 0 8 5", "end toolCalls",
      ]
    ),
    (
      "finish-twice",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 1 0", "open text", "text a", "text b",
        "close", "usage 3 0 0 0 2 0", "end endOfTurn",
      ]
    ),
    (
      "heartbeats",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 1 0", "open text", "text a", "text b",
        "close", "usage 3 0 0 0 2 0", "end endOfTurn",
      ]
    ),
    (
      "whole",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 1 0", "open text", "text a", "text b",
        "close", "usage 3 0 0 0 2 0", "end endOfTurn",
      ]
    ),
    ("whole-error", ["failed rateLimited 429 Quota exceeded. Please retry in 34.07s."]),
    ("empty", ["failed cut 502 The upstream's answer is empty."]),
    (
      "no-content",
      [
        "begin resp_1 gemini-3-pro-preview", "usage 3 0 0 0 0 0", "usage 3 0 0 0 0 0",
        "end endOfTurn",
      ]
    ),
  ]

  @Test(arguments: tellings)
  func `is told in events`(name: String, lines: [String]) throws {
    let events = decode([try GeminiFixtures.stream(name)[...]], with: Self.codec)
    #expect(GeminiFixtures.lines(events) == lines)
  }

  @Test(arguments: GeminiFixtures.streams)
  func `says the same wherever the network cuts it`(name: String) throws {
    let bytes = try GeminiFixtures.bytes("streams", name)
    let whole = GeminiFixtures.lines(decode([bytes[...]], with: Self.codec))
    for cut in bytes.indices {
      let events = decode([bytes[..<cut], bytes[cut...]], with: Self.codec)
      #expect(GeminiFixtures.lines(events) == whole, "cut at \(cut)")
    }
    let single = bytes.indices.map { bytes[$0...$0] }
    #expect(GeminiFixtures.lines(decode(single, with: Self.codec)) == whole)
  }

  @Test func `gives calls without ids one of their own each`() throws {
    let events = decode([try GeminiFixtures.stream("calls-without-ids")[...]], with: Self.codec)
    let ids = events.compactMap { event in
      if case .open(.toolCall(let id, _, _)) = event { id.string } else { nil }
    }
    #expect(ids.count == 2 && Set(ids).count == 2)
    let again = decode([try GeminiFixtures.stream("calls-without-ids")[...]], with: Self.codec)
    #expect(transcript(again) == transcript(events))
  }

  @Test func `cites pages by the characters that rest on them`() throws {
    let events = decode([try GeminiFixtures.stream("grounded")[...]], with: Self.codec)
    var cited: [(url: String?, title: String?, span: Range<Int>?)] = []
    for case .citation(let citation) in events {
      cited.append((citation.url?.string, citation.title?.string, citation.span))
    }
    #expect(cited.map(\.span) == [0..<6, 13..<24, 13..<24])
    #expect(cited.map(\.title) == ["zurich.example", "zurich.example", "Schweiz"])
    #expect(cited.last?.url == "https://ch.example")
    let usages = events.compactMap { event in
      if case .usage(let usage) = event { usage } else { nil }
    }
    #expect(usages.last == Usage(input: 15, output: 6, webSearches: 2))
  }

  @Test(arguments: [
    ("code", ["executableCode", "codeExecutionResult"]), ("image", ["inlineData"]),
  ])
  func `keeps parts that only Google knows, and says so`(name: String, types: [String]) throws {
    let events = decode([try GeminiFixtures.stream(name)[...]], with: Self.codec)
    let unknown = events.compactMap { event in
      if case .open(.unknown(let type, _)) = event { type.string } else { nil }
    }
    let lost = events.compactMap { if case .lost(let tag) = $0 { tag } else { nil } }
    #expect(unknown == types && lost == types)
  }
}
