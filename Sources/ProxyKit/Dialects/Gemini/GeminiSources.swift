/// The citations of a reply as Google tells them: pages, and the passages that rest on them.
struct GeminiSources {
  private struct Support {
    var segment: JSONRaw
    var chunks: [Int]
  }

  private var chunks: [JSONRaw] = []
  private var supports: [Support] = []
  /// How many bytes of text the reply has so far.
  private var length = 0
  private var blockStart = 0
  /// Pages that the open block cites without saying which of its words.
  private var cited: [Int] = []

  var isEmpty: Bool { chunks.isEmpty }

  mutating func say(_ text: JSONText) {
    let isPlain = !text.bytes.contains(UInt8(ascii: "\\"))
    length += isPlain ? text.bytes.count : text.unescaped.count
  }

  mutating func open() {
    blockStart = length
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
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("startIndex", blockStart)
      writer.member("endIndex", length)
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
