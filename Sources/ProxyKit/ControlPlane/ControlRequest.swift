/// One question on the socket: a command, or one of the two things that are not commands.
package enum ControlRequest: Sendable, Equatable {
  /// Version, API, generation and state.
  case server
  case command(ControlCommand)
  /// Finished exchanges as they finish: first the newest `backlog` ones, oldest first, and of
  /// those only the ones newer than sequence number `after` when it is given.
  case requestEvents(backlog: Int, after: Int64?)
}
