internal import Dialects
internal import Transport

extension Exchange {
  var router: Router { Router(fleet: house.fleet, snapshot: snapshot) }

  /// What decides who serves the request.
  func question(
    of model: String, from caller: Caller, _ request: IncomingRequest? = nil
  ) -> RouteQuestion {
    RouteQuestion(
      model: model, prefix: endpoint.backend, owner: caller.owner,
      permissions: caller.terms.routing,
      fields: client.head.fields, request: request)
  }
}
