/// Where a passage of a reply comes from.
package struct Citation: Sendable {
  /// The language that wrote `raw`.
  package var origin: Dialect
  /// The citation as its vendor wrote it.
  package var raw: JSONRaw
  package var url: JSONText?
  package var title: JSONText?
  /// The passage of the source.
  package var quote: JSONText?
  /// The characters of the reply's text that it speaks for.
  package var span: Range<Int>?

  package init(
    origin: Dialect, raw: JSONRaw, url: JSONText? = nil, title: JSONText? = nil,
    quote: JSONText? = nil, span: Range<Int>? = nil
  ) {
    self.origin = origin
    self.raw = raw
    self.url = url
    self.title = title
    self.quote = quote
    self.span = span
  }
}
