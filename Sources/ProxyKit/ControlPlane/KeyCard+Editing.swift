extension KeyCard {
  static let members = ["name", "note", "expires_at_ms", "is_paused", "terms"]

  /// The card with a merge patch laid over it; fails where the patch means nothing.
  package func edited(by patch: BodyValue) throws(ControlFailure) -> KeyCard {
    // Told first, so that a wrong name is not lost in the merge.
    _ = try BodyFields(patch, known: Self.members)
    let whole: BodyValue
    do throws(WireMismatch) {
      whole = try WireJSON.decode(BodyValue.self, from: WireJSON.encode(self))
    } catch {
      throw ControlFailure(.failed, "the key cannot be read: \(error.sentence)")
    }
    let fields = try BodyFields(whole.merged(with: patch), known: Self.members)
    return KeyCard(
      name: try fields.requiredText("name"), note: try fields.text("note") ?? "",
      expiresAtMs: try fields.wholeNumber("expires_at_ms"), isPaused: try fields.flag("is_paused"),
      terms: try fields["terms"].map { value throws(ControlFailure) in
        try KeyTerms(value, at: "terms")
      } ?? KeyTerms())
  }

  /// The card on one line of JSON, for the audit trail.
  package var json: String { String(decoding: WireJSON.encode(self), as: UTF8.self) }

  /// Reads what `json` wrote.
  package init?(json: String) {
    guard let card = try? WireJSON.decode(KeyCard.self, from: Array(json.utf8)) else { return nil }
    self = card
  }
}
