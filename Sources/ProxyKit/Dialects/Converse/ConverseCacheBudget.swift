/// Keeps the marks of a request within what its model takes.
///
/// The last marks of the turns are the ones that the next request of the conversation reads.
enum ConverseCacheBudget {
  private static let most = 4

  static func fit(
    _ family: ConverseModelFamily, tools: inout [Tool], plan: inout ConverseTurnPlan,
    losses: inout Losses
  ) {
    if family != .claude { drop(tools.count, of: &tools, losses: &losses) }
    guard family.caches else {
      plan.dropMarks(ofTurns: .max, ofInstructions: .max, losses: &losses)
      return
    }
    let inTools = tools.count { $0.cacheMark != nil }
    let inInstructions = plan.instructions.count { $0.cacheMark != nil }
    let inTurns = plan.countOfMarks
    let excess = inTools + inInstructions + inTurns - most
    guard excess > 0 else { return }
    plan.dropMarks(
      ofTurns: excess, ofInstructions: max(0, excess - inTurns), losses: &losses)
    drop(max(0, excess - inTurns - inInstructions), of: &tools, losses: &losses)
  }

  private static func drop(_ count: Int, of tools: inout [Tool], losses: inout Losses) {
    var left = count
    for index in tools.indices where left > 0 && tools[index].cacheMark != nil {
      tools[index].cacheMark = nil
      left -= 1
      losses.record("cache_control")
    }
  }
}
