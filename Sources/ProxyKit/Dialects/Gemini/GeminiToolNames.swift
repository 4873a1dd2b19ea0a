/// Names of functions in Google's alphabet.
enum GeminiToolNames {
  private static let longest = 64

  static func spellings(of conversation: Conversation) -> ToolNames {
    ToolNames(conversation, longest: longest, isAllowed: isAllowed, mayBegin: mayBegin)
  }

  @Sendable
  private static func mayBegin(_ byte: UInt8) -> Bool {
    ToolNames.isPlain(byte) && byte != UInt8(ascii: "-") && !(0x30...0x39).contains(byte)
  }

  @Sendable
  private static func isAllowed(_ byte: UInt8) -> Bool {
    ToolNames.isPlain(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
  }
}
