internal import Dialects
internal import Transport

extension Exchange {
  var router: Router { Router(fleet: house.fleet, snapshot: snapshot) }

  /// What decides who serves the request.
  func question(
    of model: String, from caller: Caller, _ request: IncomingRequest? = nil
  ) -> RouteQuestion {
    RouteQuestion(
      model: model, prefix: endpoint.backend, owner: caller.owner, permissions: caller.routing,
      fields: client.head.fields, request: request)
  }
}

extension Caller {
  /// What its terms say of where its requests may go; nil when they say nothing.
  var routing: RoutePermissions? { nil }
}
