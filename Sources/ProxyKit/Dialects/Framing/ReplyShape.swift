/// How an upstream answers a request for a stream.
enum ReplyShape {
  /// A body that begins with a brace or a bracket is no stream of events.
  case events, whole

  /// Nil while nothing but white space has come.
  init?(_ piece: [UInt8]) {
    guard let first = piece.first(where: { !Self.isSpace($0) }) else { return nil }
    self = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .whole : .events
  }

  /// White space as JSON knows it, so that none of it is missed in front of a whole body.
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
