internal import FuzzSupport

/// What reads a stranger's bytes before anybody knows what they mean.
enum TransportTargets {
  static let all: [(name: String, run: TargetTable.Run)] = [
    ("http-request", HTTPCheck.request), ("http-body", HTTPCheck.body),
    ("http-reply", HTTPCheck.reply), ("sigv4", SigningCheck.claim),
    ("percent", SigningCheck.percent),
  ]
}
