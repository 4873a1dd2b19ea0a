/// Why a request's body could not be had.
package enum BodyFailure: Error, Sendable, Equatable {
  case tooLarge
  case budgetExhausted
  case clientGone
  case malformed
}
