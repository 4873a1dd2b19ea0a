/// Whose model a name in Bedrock stands for, as far as that changes what it may be sent.
enum ConverseModelFamily {
  case claude, nova, gptOSS, other

  init(model: String) {
    let name = model.lowercased()
    if name.contains("claude") || name.contains("anthropic.") {
      self = .claude
    } else if name.contains("amazon.nova") || name.contains("nova-") {
      self = .nova
    } else if name.contains("gpt-oss") {
      self = .gptOSS
    } else {
      // A profile of one's own tells nothing; most of them stand for a Claude.
      let isOpaque =
        name.contains(":application-inference-profile/") || name.contains(":provisioned-model/")
      self = isOpaque ? .claude : .other
    }
  }

  /// The model takes cache points.
  var caches: Bool { self == .claude || self == .nova }

  /// The model takes the status of a tool's result.
  var readsResultStatus: Bool { self == .claude || self == .nova }
}
