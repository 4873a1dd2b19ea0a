internal import ControlPlane
internal import Glibc
internal import Transport

/// Answers the control socket: parse, ask the cockpit, render.
struct ControlPort: HTTPResponder {
  let cockpit: RunningGateway

  func respond(to client: ServerExchange) async {
    guard case .unix(let uid, _) = client.head.peer, uid == 0 || uid == geteuid() else {
      return send(
        ControlRoutes.render(
          ControlFailure(
            .notPermitted, "only the user who runs the gateway may operate it",
            hint: "Run this as that user, or as root.")), client)
    }
    let body: [UInt8]
    do {
      body = try await client.readBody(
        limit: ControlRoutes.bodyLimit, budget: cockpit.controlBodies)
    } catch {
      return send(ControlRoutes.render(Self.failure(error)), client)
    }
    let parsed = ControlRoutes.parse(
      method: client.head.method, path: client.head.path, query: client.head.query,
      fields: client.head.fields.map { ($0.name, $0.value) }, body: body)
    switch parsed {
    case .failure(let failure):
      send(ControlRoutes.render(failure, path: client.head.path), client)
    case .success(.requestEvents(let backlog, let after)):
      await streamEvents(client, backlog: backlog, after: after)
    case .success(let request):
      guard
        let reply = await ControlRoutes.reply(to: request, from: cockpit, by: "uid:\(uid)")
      else { return }
      send(reply, client)
    }
  }

  private static func failure(_ failure: BodyFailure) -> ControlFailure {
    switch failure {
    case .tooLarge: ControlRoutes.bodyTooLarge
    case .budgetExhausted:
      ControlFailure(
        .unavailable, "too many large control requests at once", hint: "Try again in a moment.")
    case .clientGone, .malformed:
      ControlFailure(
        .invalid, "the body did not arrive whole", hint: "Check its length and send it again.")
    }
  }

  private func send(_ reply: ControlReply, _ client: ServerExchange) {
    var fields = HTTPFields()
    for (name, value) in reply.fields { fields.append(name, value) }
    client.respond(status: reply.status, fields: fields, body: reply.body)
  }

  /// First what has finished lately, then each exchange as it ends, until the watcher leaves.
  private func streamEvents(_ client: ServerExchange, backlog: Int, after: Int64?) async {
    let watch = cockpit.watchFinished()
    client.onClientGone { watch.end() }
    client.startStreaming(
      status: 200, fields: HTTPFields([("content-type", ControlRoutes.eventsContentType)]))
    let heartbeat = client.loop.every(.seconds(ControlRoutes.heartbeatSeconds)) {
      client.send(ControlRoutes.render(.heartbeat))
    }
    defer { heartbeat.cancel() }
    for request in await cockpit.backlog(backlog, after: after) {
      client.send(ControlRoutes.render(.finished(request)))
    }
    for await request in watch.requests {
      let dropped = watch.takeDropped()
      if dropped > 0 { client.send(ControlRoutes.render(.dropped(dropped))) }
      client.send(ControlRoutes.render(.finished(request)))
      await client.waitUntilDrained(below: 1 << 20)
    }
    client.finish()
  }
}
