/// The citations of a reply as Google tells them: pages, and the passages that rest on them.
struct GeminiSources {
  private struct Support {
    var segment: JSONRaw
    var chunks: [Int]
  }

  private var chunks: [JSONRaw] = []
  private var supports: [Support] = []
  /// The text of the reply so far, still escaped.
  private var said: [UInt8] = []
  private var blockStart = 0
  /// Pages that the open block cites without saying which of its words.
  private var cited: [Int] = []

  var isEmpty: Bool { chunks.isEmpty }

  mutating func say(_ text: JSONText) {
    said.append(contentsOf: text.bytes)
  }

  mutating func open() {
    blockStart = said.count
  }

  /// False when the citation says nothing that Google has words for.
  mutating func cite(_ citation: Citation) -> Bool {
    if citation.origin == .gemini, let own = try? citation.raw.parsed(), let chunk = own["chunk"] {
      let index = index(of: chunk.raw)
      if let segment = own["segment"] { support(segment.raw, index) }
      return true
    }
    guard let url = citation.url else { return false }
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("web")
      writer.object { writer in
        writer.member("uri", url)
        writer.member("title", citation.title ?? url)
      }
    }
    let index = index(of: JSONRaw(writer.bytes[...]))
    if !cited.contains(index) { cited.append(index) }
    return true
  }

  mutating func close() {
    guard !cited.isEmpty else { return }
    let start = JSONText(escaped: said[..<blockStart]).unescaped.count
    let end = start + JSONText(escaped: said[blockStart...]).unescaped.count
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("startIndex", start)
      writer.member("endIndex", end)
    }
    for index in cited { support(JSONRaw(writer.bytes[...]), index) }
    cited = []
  }

  private mutating func index(of chunk: JSONRaw) -> Int {
    if let known = chunks.firstIndex(of: chunk) { return known }
    chunks.append(chunk)
    return chunks.count - 1
  }

  private mutating func support(_ segment: JSONRaw, _ chunk: Int) {
    if let last = supports.indices.last, supports[last].segment == segment {
      supports[last].chunks.append(chunk)
    } else {
      supports.append(Support(segment: segment, chunks: [chunk]))
    }
  }

  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("groundingChunks")
      writer.array { for chunk in chunks { $0.raw(chunk) } }
      guard !supports.isEmpty else { return }
      writer.name("groundingSupports")
      writer.array { writer in
        for support in supports {
          writer.object { writer in
            writer.member("segment", support.segment)
            writer.name("groundingChunkIndices")
            writer.array { for chunk in support.chunks { $0.integer(chunk) } }
          }
        }
      }
    }
  }
}
