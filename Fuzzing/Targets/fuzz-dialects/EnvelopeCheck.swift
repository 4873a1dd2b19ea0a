@testable internal import Dialects
internal import FuzzSupport

/// A body survives its way into a cloud's envelope and out of it.
enum EnvelopeCheck {
  static func run(_ bytes: [UInt8]) {
    _ = AnthropicEnvelope.openRefusal(status: 400, errorType: nil, bytes)
    _ = AnthropicEnvelope.openRefusal(status: 500, errorType: bytes.shown, bytes)
    guard let document = try? JSONDocument(bytes) else { return }
    for cloud in [AnthropicEnvelope.Cloud.bedrock, .vertex] {
      let betas = AnthropicEnvelope.betas(inHeader: "a, b,a")
      guard let letter = try? AnthropicEnvelope.seal(document, for: cloud, betas: betas) else {
        continue
      }
      let sealed = CodecCheck(.anthropic).check(letter.body, "sealed")
      guard let opened = try? AnthropicEnvelope.open(sealed, model: "m", streams: true) else {
        Breach.found("what was sealed is not opened: \(letter.body.shown)")
      }
      CodecCheck(.anthropic).check(opened.body, "opened")
    }
    if let opened = try? AnthropicEnvelope.open(document, model: nil, streams: false) {
      CodecCheck(.anthropic).check(opened.body, "opened")
      promise((opened.betaHeader ?? "").utf8.allSatisfy { $0 > 0x1F }, "a header of betas")
    }
  }
}

/// A prompt of old is a conversation of today.
enum LegacyCheck {
  static func run(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(bytes),
      let conversation = try? LegacyCompletion.decodeRequest(document)
    else { return }
    for other in Dialect.allCases {
      guard let encoded = try? other.codec.encodeRequest(conversation, for: Target(model: "m"))
      else { continue }
      CodecCheck(other).check(encoded.body, "for \(other)")
    }
  }
}
