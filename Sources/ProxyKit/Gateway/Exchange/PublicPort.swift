internal import Dialects
internal import Transport

/// Answers the public port: recognises what is asked and lets it happen.
struct PublicPort: HTTPResponder {
  let house: House

  func respond(to client: ServerExchange) async {
    let snapshot = house.snapshots.value
    let endpoint = Endpoint(client.head, backends: snapshot.settings.backends)
    let address: String
    do throws(Failure) {
      address = try snapshot.settings.network.check(client.head.peer, client.head.fields)
    } catch {
      return house.turnAway(error, in: endpoint.refusalDialect, client)
    }
    switch endpoint.action {
    case .converse, .countTokens, .passThrough, .storedResponse:
      await exchange(client, from: address, endpoint, snapshot)
    default: await SmallAnswers(house: house, client: client, snapshot: snapshot).answer(endpoint)
    }
  }

  private func exchange(
    _ client: ServerExchange, from address: String, _ endpoint: Endpoint, _ snapshot: Snapshot
  ) async {
    let live = LiveExchange(
      id: house.requestID(client.head), dialect: endpoint.dialect, client: address,
      session: ClientSession.id(in: client.head.fields), generation: snapshot.generation,
      prices: snapshot.prices, startedAt: .now, startedAtMs: WallClock.milliseconds())
    house.board.open(live)
    client.onClientGone { live.stop(.clientGone) }
    let exchange = Exchange(
      house: house, client: client, endpoint: endpoint, snapshot: snapshot, live: live)
    switch endpoint.action {
    case .countTokens: house.settle(live, await exchange.countTokens())
    case .passThrough(let path): house.settle(live, await exchange.passThrough(to: path))
    case .storedResponse(let action): house.settle(live, await exchange.answer(action))
    default: house.settle(live, await exchange.run())
    }
  }
}

extension Peer {
  /// As the log names it.
  var text: String {
    switch self {
    case .ip(let address, _): address
    case .unix(let uid, _): "unix:\(uid)"
    }
  }
}
