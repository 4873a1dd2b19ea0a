internal import Dialects

extension Station.Refusal {
  /// Why, for people.
  var words: String {
    let why =
      switch reason {
      case .requests: "has its requests of this minute"
      case .tokens: "has its tokens of this minute"
      case .concurrency: "has all the requests it may have at once"
      case .cooling: "is left to cool down"
      case .open: "is left alone after its failures"
      case .probing: "is being tried again"
      case .down: "was found down"
      }
    return cause.isEmpty ? why : "\(why) (\(cause))"
  }
}

extension Failure {
  /// What the client is told when every deployment was passed over, the true reasons with it and
  /// the earliest moment at which one may be asked again.
  init(
    _ refusals: [(deployment: Deployment, refusal: Station.Refusal)], of name: String,
    at now: ContinuousClock.Instant
  ) {
    let earliest = refusals.compactMap { $0.refusal.until }.min()
    let seconds = earliest.map { max(1, Int((now.milliseconds(to: $0) + 999) / 1000)) }
    let isLimited = refusals.contains { $0.refusal.isLimit || $0.refusal.reason == .cooling }
    let reasons = refusals.prefix(8).map { "\($0.deployment.name) \($0.refusal.words)" }
    self.init(
      isLimited ? .rateLimited : .overloaded, origin: .proxy, status: isLimited ? 429 : 529,
      "no deployment of `\(name.prefix(200))` can be asked now: "
        + reasons.joined(separator: "; "),
      retryAfterSeconds: seconds ?? 1)
  }
}
