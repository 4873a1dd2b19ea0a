internal import Dialects
internal import Transport

/// The question by which Claude Code looks how much its account has left: one token, one word.
///
/// It is answered here: who asks an upstream learns of the gateway's account and not of the
/// caller's, and every look of every client would count against the backend's limits. What the
/// caller has left stands in the headers of every reply.
enum QuotaProbe {
  /// The answer to a probe; nil where the request is none, or where the client's own account at
  /// the vendor is meant.
  static func answer(to request: IncomingRequest, _ plan: RoutePlan) -> OpenReply? {
    guard isAsked(by: request),
      let deployment = plan.deployments.first ?? plan.fallbacks.first?.pool.deployments.first,
      !deployment.backend.forwardClientAuthorization
    else { return nil }
    return .whole(
      WholeReply(
        deployment: deployment, source: NoSource(), passes: false, bytes: [],
        events: [
          .begin(id: nil, model: JSONText(request.model)), .open(.text), .text(JSONText("ok")),
          .close, .usage(Usage()), .end(.maximumTokens),
        ]))
  }

  static func isAsked(by request: IncomingRequest) -> Bool {
    let root = request.document.root
    guard request.dialect == .anthropic, root["max_tokens"]?.integer == 1,
      let only = IncomingRequest.only(root["messages"]), only["role"]?.string == "user"
    else { return false }
    return IncomingRequest.text(of: only["content"]) == "quota"
      && IncomingRequest.isEmpty(root["tools"])
  }
}

/// Where a reply comes from that nobody was asked for.
private struct NoSource: ReplySource {
  var status: Int { 200 }
  var fields: HTTPFields { HTTPFields() }

  func next(within: Duration) async throws(TransportFailure) -> UpstreamResponse.Received { .end }
  func takeWhole(limit: Int) -> [UInt8]? { [] }
  func cancel() {}
}
