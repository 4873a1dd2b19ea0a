/// Citations in Anthropic's words.
enum AnthropicCitation {
  static func read(_ value: JSONValue) -> Citation {
    Citation(
      origin: .anthropic, raw: value.raw, url: value["url"]?.text ?? value["source"]?.text,
      title: value["title"]?.text ?? value["document_title"]?.text,
      quote: value["cited_text"]?.text)
  }

  /// Stands where Anthropic has the state of its own search, so that a citation of another vendor's
  /// is known when the client sends it back: Base64 of `anyllm1:citation`.
  private static let mark: JSONText = "YW55bGxtMTpjaXRhdGlvbg=="

  /// Whether the citation of an earlier answer is not Anthropic's.
  static func isOurs(_ value: JSONValue) -> Bool {
    value["encrypted_index"]?.text == mark
  }

  /// The citation for a client of this language; nil when it does not say where to look.
  static func write(_ citation: Citation) -> JSONRaw? {
    if citation.origin == .anthropic { return citation.raw }
    guard let url = citation.url else { return nil }
    var writer = JSONWriter()
    writer.object {
      $0.member("type", word: "web_search_result_location")
      $0.member("cited_text", citation.quote ?? .empty)
      $0.member("url", url)
      $0.name("title")
      if let title = citation.title { $0.text(title) } else { $0.null() }
      $0.member("encrypted_index", mark)
    }
    return JSONRaw(writer.bytes[...])
  }
}
