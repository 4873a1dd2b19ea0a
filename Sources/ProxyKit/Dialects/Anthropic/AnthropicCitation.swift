/// Citations in Anthropic's words.
enum AnthropicCitation {
  static func read(_ value: JSONValue) -> Citation {
    Citation(
      origin: .anthropic, raw: value.raw, url: value["url"]?.text ?? value["source"]?.text,
      title: value["title"]?.text ?? value["document_title"]?.text,
      quote: value["cited_text"]?.text)
  }
}
