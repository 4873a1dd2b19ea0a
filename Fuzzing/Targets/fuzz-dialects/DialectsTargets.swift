internal import Dialects
internal import FuzzSupport

/// Every codec and parser of the pure room.
enum DialectsTargets {
  static var all: [(name: String, run: TargetTable.Run)] {
    parsers
      + Dialect.allCases.flatMap { dialect -> [(name: String, run: TargetTable.Run)] in
        let check = CodecCheck(dialect)
        return [
          ("\(dialect)-request", check.request), ("\(dialect)-reply", check.reply),
          ("\(dialect)-stream", check.stream), ("\(dialect)-failure", check.failure),
        ]
      }
  }

  private static var parsers: [(name: String, run: TargetTable.Run)] {
    [
      ("json", JSONCheck.run), ("tokens", TokenCheck.run), ("seal", SealCheck.run),
      ("base64", FramingCheck.base64), ("sse", FramingCheck.events),
      ("eventstream", FramingCheck.frames), ("invoke-frames", FramingCheck.invoke),
      ("json-array", FramingCheck.array), ("envelope", EnvelopeCheck.run),
      ("legacy-completion", LegacyCheck.run), ("gemini-schema", CodecCheck.schema),
    ]
  }
}
