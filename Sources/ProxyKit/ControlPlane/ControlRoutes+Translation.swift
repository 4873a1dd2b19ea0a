extension ControlRoutes {
  /// Reads `POST /translate`.
  static func translation(_ body: [UInt8]) throws(ControlFailure) -> ControlRequest {
    let fields = try BodyFields(body, known: ["from", "to", "model", "body"])
    return .command(
      .translate(
        TranslationQuestion(
          from: try fields.requiredText("from"), to: try fields.text("to"),
          model: try fields.text("model"), body: try fields.text("body") ?? "")))
  }
}
