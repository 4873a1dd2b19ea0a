/// The id of a message that we write: our request's id in Anthropic's clothes.
enum AnthropicMessageID {
  static func write(_ requestID: String, into out: inout [UInt8]) {
    out.append("msg_")
    let own = requestID.utf8.starts(with: "req_".utf8) ? requestID.dropFirst(4) : requestID[...]
    for byte in own.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        out.append(byte)
      default: out.append(UInt8(ascii: "-"))
      }
    }
  }
}
