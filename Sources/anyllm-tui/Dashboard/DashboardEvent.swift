internal import ControlPlane

/// Something that happened, as the model learns of it.
enum DashboardEvent {
  case clock(Moment)
  case key(Key)
  case resized(Size)
  case snapshot(LiveSnapshot)
  case answered(ControlCommand, Result<ControlAnswer, ControlFailure>)
  case message(String, isFailure: Bool)
  case terminalSpeed(isSlow: Bool)
  case drainBegan(graceMs: Int64)
}

/// Something the loop has to do, as the model asks for it.
enum Effect: Equatable {
  case perform(ControlCommand)
  case drainAndQuit
  case quitNow
  case suspend
  case goHeadless
  case repaint
}
