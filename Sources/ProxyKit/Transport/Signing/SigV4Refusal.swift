/// Why a caller's signature is not taken.
package struct SigV4Refusal: Error, Sendable, Equatable {
  /// The name that Amazon gives such an error.
  package var code: String
  /// Safe to show: no secret and no signature.
  package var message: String

  package init(code: String, message: String) {
    self.code = code
    self.message = message
  }

  static func incomplete(_ reason: String) -> SigV4Refusal {
    SigV4Refusal(
      code: "IncompleteSignatureException", message: "the signature is incomplete: \(reason)")
  }

  static func invalid(_ reason: String) -> SigV4Refusal {
    SigV4Refusal(
      code: "InvalidSignatureException", message: "the signature is not valid: \(reason)")
  }

  static func expired(_ reason: String) -> SigV4Refusal {
    SigV4Refusal(
      code: "InvalidSignatureException", message: "the signature is not of this hour: \(reason)")
  }
}
