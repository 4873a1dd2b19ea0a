/// Citations in Converse's words.
enum ConverseCitation {
  static func read(_ value: JSONValue) -> Citation {
    let passages = value["sourceContent"]?.elements.compactMap { $0["text"]?.text } ?? []
    return Citation(
      origin: .converse, raw: value.raw, url: value["location"]?["web"]?["url"]?.text,
      title: value["title"]?.text, quote: passages.isEmpty ? nil : passages.reduce(.empty, +))
  }

  /// The citation for a client of this language; nil when it says nothing that can be said in it.
  static func write(_ citation: Citation) -> JSONRaw? {
    if citation.origin == .converse { return citation.raw }
    guard citation.url != nil || citation.title != nil || citation.quote != nil else { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      if let title = citation.title { writer.member("title", title) }
      if let quote = citation.quote {
        writer.name("sourceContent")
        writer.array { writer in
          writer.object { $0.member("text", quote) }
        }
      }
      guard let url = citation.url else { return }
      writer.name("location")
      writer.object { writer in
        writer.name("web")
        writer.object { $0.member("url", url) }
      }
    }
    return JSONRaw(writer.bytes[...])
  }
}
