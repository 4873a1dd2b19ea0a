internal import CYAML

/// One step of a YAML text.
struct YAMLEvent {
  var mark: YAMLMark
  var kind: Kind
  var anchor: String?
  /// Only a tag that is written out.
  var tag: String?

  /// What begins, ends or stands there.
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd
    case scalar(YAMLScalar)
    /// The anchor it refers to.
    case alias(String)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd
  }
}

/// What is wrong with a YAML text, and where.
package struct YAMLProblem: Error, Sendable, Equatable {
  package var mark: YAMLMark
  package var text: String
  package var remedy: String?
}

/// The owner of one libyaml parser and the bytes it reads; all `unsafe` of YAML is here.
@safe struct YAMLEventReader: ~Copyable {
  // libyaml keeps the parser's own address, so the parser must not move.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  /// Nil when there is no memory for it.
  init?(_ bytes: [UInt8]) {
    unsafe input = UnsafeMutableBufferPointer.allocate(capacity: max(bytes.count, 1))
    _ = unsafe input.update(fromContentsOf: bytes)
    unsafe parser = UnsafeMutablePointer.allocate(capacity: 1)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe input.deallocate()
      unsafe parser.deallocate()
      return nil
    }
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next event, or what is wrong with the text.
  mutating func next() throws(YAMLProblem) -> YAMLEvent {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem() }
    defer { unsafe yaml_event_delete(&event) }
    var result = unsafe YAMLEvent(mark: Self.mark(event.start_mark), kind: .streamEnd)
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: result.kind = .streamStart
    case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
    case YAML_ALIAS_EVENT: result.kind = unsafe .alias(Self.text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      result.kind = unsafe .scalar(Self.scalar(scalar))
      result.anchor = unsafe Self.text(scalar.anchor)
      result.tag = unsafe Self.text(scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      result.kind = .sequenceStart
      result.anchor = unsafe Self.text(event.data.sequence_start.anchor)
      result.tag = unsafe Self.text(event.data.sequence_start.tag)
    case YAML_SEQUENCE_END_EVENT: result.kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      result.kind = .mappingStart
      result.anchor = unsafe Self.text(event.data.mapping_start.anchor)
      result.tag = unsafe Self.text(event.data.mapping_start.tag)
    case YAML_MAPPING_END_EVENT: result.kind = .mappingEnd
    default: result.kind = .streamEnd
    }
    return result
  }

  private func problem() -> YAMLProblem {
    let state = unsafe parser.pointee
    let reason = unsafe state.problem.map { unsafe String(cString: $0) } ?? "out of memory"
    guard unsafe state.error != YAML_READER_ERROR else {
      let before = unsafe input.prefix(Int(clamping: state.problem_offset))
      let line = unsafe 1 + before.count { $0 == UInt8(ascii: "\n") }
      let lastBreak = unsafe before.lastIndex(of: UInt8(ascii: "\n")) ?? -1
      return unsafe YAMLProblem(
        mark: YAMLMark(line: line, column: before.count - lastBreak),
        text: "not a text in UTF-8: \(reason)", remedy: "save the file as UTF-8")
    }
    var sentence = "not valid YAML: \(reason)"
    if let context = unsafe state.context {
      let begun = unsafe state.context_mark.line + 1
      sentence += unsafe ", \(String(cString: context)) begun at line \(begun)"
    }
    return unsafe YAMLProblem(
      mark: Self.mark(state.problem_mark), text: sentence, remedy: Self.remedy(for: sentence))
  }

  private static func remedy(for sentence: String) -> String? {
    if sentence.contains("scanning an alias") {
      return "quote a text that begins with a star: \"*haiku*\""
    }
    if sentence.contains("tab") || sentence.contains("cannot start any token") {
      return "indent with spaces, not tabs, and quote text that begins with a sign"
    }
    return nil
  }

  private static func mark(_ mark: yaml_mark_t) -> YAMLMark {
    YAMLMark(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    unsafe pointer.map { unsafe String(cString: $0) }
  }

  private static func scalar(
    _ scalar: yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar
  ) -> YAMLScalar {
    let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    let style: YAMLScalar.Style =
      switch unsafe scalar.style {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
      case YAML_LITERAL_SCALAR_STYLE: .literal
      case YAML_FOLDED_SCALAR_STYLE: .folded
      default: .plain
      }
    return unsafe YAMLScalar(text: String(decoding: bytes, as: UTF8.self), style: style)
  }
}
