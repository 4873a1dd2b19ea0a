/// Citations in Chat's words: `annotations` of a message.
enum ChatCitation {
  static func read(_ annotation: ChatNode) -> Citation {
    var citation = Citation(origin: .chat, raw: annotation.raw)
    guard let cited = annotation["url_citation"] else { return citation }
    citation.url = cited["url"]?.someText
    citation.title = cited["title"]?.someText
    citation.quote = cited["content"]?.someText
    if let start = cited["start_index"]?.integer, let end = cited["end_index"]?.integer,
      0 <= start, start <= end
    {
      citation.span = start..<end
    }
    return citation
  }

  /// Whether Chat can say where the passage comes from.
  static func canSay(_ citation: Citation) -> Bool {
    citation.origin == .chat || citation.url != nil
  }
}

extension JSONWriter {
  /// Writes a citation of any vendor as an annotation; without a span it speaks for the whole text
  /// so far, which is `length` characters long.
  mutating func chat(_ citation: Citation, length: Int) {
    if citation.origin == .chat { return raw(citation.raw) }
    object {
      $0.member("type", word: "url_citation")
      $0.name("url_citation")
      $0.object {
        $0.member("start_index", citation.span?.lowerBound ?? 0)
        $0.member("end_index", citation.span?.upperBound ?? length)
        $0.member("url", citation.url ?? .empty)
        $0.member("title", citation.title ?? .empty)
      }
    }
  }
}
