@testable import Dialects

extension DialectCodec {
  /// The whole reply, where a test does not ask what was lost.
  func encodeReply(_ events: [ReplyEvent], _ stage: ReplyStage) -> [UInt8] {
    var losses = Losses()
    return encodeReply(events, stage, losses: &losses)
  }
}

extension Citation {
  /// A citation of one language, as it stands.
  init(_ origin: Dialect, _ raw: JSONRaw) {
    self.init(origin: origin, raw: raw)
  }
}
