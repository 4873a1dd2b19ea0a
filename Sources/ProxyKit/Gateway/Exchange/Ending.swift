internal import Dialects

/// How an exchange ended; every way out of it is one of these.
enum Ending: Sendable {
  case completed(status: Int)
  /// The client got an error instead of a reply.
  case refused(Failure)
  /// The reply broke off after its first byte had gone to the client.
  case broken(Failure)
  case clientGone
  /// The operator ended it.
  case killed

  var word: String {
    switch self {
    case .completed: "completed"
    case .refused: "refused"
    case .broken: "broken"
    case .clientGone: "client_gone"
    case .killed: "killed"
    }
  }

  /// What the log calls its status; 499 for a client that left, as others do.
  var status: Int {
    switch self {
    case .completed(let status): status
    case .refused(let failure), .broken(let failure): failure.status
    case .clientGone: 499
    case .killed: 499
    }
  }

  var failure: Failure? {
    switch self {
    case .refused(let failure), .broken(let failure): failure
    case .completed, .clientGone, .killed: nil
    }
  }
}
