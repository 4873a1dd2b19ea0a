/// What an answer of Google's rests on: pages, and the passages of the answer they speak for.
struct GeminiGrounding {
  private var raw: JSONRaw?
  /// The answer's text as it came, to find characters by the places of bytes.
  private var said: [UInt8] = []
  private(set) var searches = 0

  mutating func say(_ text: JSONText) {
    said.append(contentsOf: text.bytes)
  }

  /// Keeps the metadata; the last to come tells the whole.
  mutating func take(_ metadata: ChatNode) {
    guard metadata.kind == .object else { return }
    searches = max(searches, (metadata["webSearchQueries"]?.elements.map { $0 } ?? []).count)
    if metadata["groundingChunks"] != nil { raw = metadata.raw }
  }

  var citations: [Citation] {
    guard let raw, let root = try? raw.parsed() else { return [] }
    let chunks = root["groundingChunks"]?.elements.map { $0 } ?? []
    let supports = root["groundingSupports"]?.elements.map { $0 } ?? []
    let text = JSONText(escaped: said[...]).unescaped
    var citations: [Citation] = []
    var cited: Set<Int> = []
    for support in supports {
      let segment = support["segment"]
      let span = Self.span(segment, in: text)
      for index in support["groundingChunkIndices"]?.elements.compactMap(\.integer) ?? []
      where chunks.indices.contains(index) {
        cited.insert(index)
        citations.append(Self.citation(chunks[index], segment, span))
      }
    }
    for index in chunks.indices where !cited.contains(index) {
      citations.append(Self.citation(chunks[index], nil, nil))
    }
    return citations
  }

  private static func citation(
    _ chunk: JSONValue, _ segment: JSONValue?, _ span: Range<Int>?
  ) -> Citation {
    let source = chunk["web"] ?? chunk["retrievedContext"] ?? chunk["maps"] ?? chunk["image"]
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("chunk", chunk.raw)
      if let segment { writer.member("segment", segment.raw) }
    }
    return Citation(
      origin: .gemini, raw: JSONRaw(writer.bytes[...]),
      url: source?["uri"]?.text ?? source?["sourceUri"]?.text, title: source?["title"]?.text,
      quote: source?["text"]?.text, span: span)
  }

  /// The characters that the segment's bytes are.
  private static func span(_ segment: JSONValue?, in text: [UInt8]) -> Range<Int>? {
    guard let end = segment?["endIndex"]?.googleInteger else { return nil }
    let start = segment?["startIndex"]?.googleInteger ?? 0
    guard 0 <= start, start <= end, end <= text.count else { return nil }
    let before = text[..<start].count { $0 & 0xC0 != 0x80 }
    return before..<(before + text[start..<end].count { $0 & 0xC0 != 0x80 })
  }
}
