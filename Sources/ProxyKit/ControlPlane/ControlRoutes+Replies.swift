extension ControlRoutes {
  /// Carries a parsed request to the cockpit and dresses what comes back; nil for the event
  /// stream, which only the server itself can hold open.
  package static func reply(
    to request: ControlRequest, from cockpit: any Cockpit, by actor: String
  ) async -> ControlReply? {
    switch request {
    case .requestEvents: return nil
    case .server: return render(ServerSummary(cockpit.snapshot()))
    case .command(let command):
      do throws(ControlFailure) {
        return render(try await cockpit.perform(command, by: actor))
      } catch {
        return render(error, to: command)
      }
    }
  }

  /// How the server's own card looks as HTTP.
  package static func render(_ server: ServerSummary) -> ControlReply {
    ControlReply(
      status: 200, body: WireJSON.encode(server), etag: etag(server.generation))
  }

  /// How an answer looks as HTTP.
  package static func render(_ answer: ControlAnswer) -> ControlReply {
    switch answer {
    case .status(let snapshot): return ok(snapshot, generation: snapshot.generation)
    case .keys(let keys): return ok(keys)
    case .key(let key): return ok(key)
    case .issuedKey(let issued): return ok(issued, status: 201)
    case .keyExport(let export): return ok(export)
    case .keyImport(let report): return ok(report)
    case .usage(let rows): return ok(rows)
    case .bodies(let bodies): return ok(bodies)
    case .mappings(let list): return ok(list.mappings, generation: list.generation)
    case .mappingChange(let change): return ok(change, generation: change.generation)
    case .backends(let backends): return ok(backends)
    case .requests(let requests): return ok(requests)
    case .request(let request): return ok(request)
    case .killed(let id): return ok(Killed(id: id, killed: true))
    case .reloaded(let report): return ok(report, generation: report.generation)
    case .audit(let records): return ok(records)
    case .cache(let status): return ok(status)
    case .draining: return ok(Draining(state: .draining), status: 202)
    case .translation(let translation): return ok(translation)
    case .routing(let answer): return render(answer)
    }
  }

  /// How a failure looks as HTTP; a conflict with the generation that the command named is a 412.
  ///
  /// `path` is the request's, when it is known: a 405 then says what the path allows.
  package static func render(
    _ failure: ControlFailure, to command: ControlCommand? = nil, path: String? = nil
  ) -> ControlReply {
    var reply = ControlReply(
      status: status(of: failure.code, to: command), body: errorBody(failure))
    if failure.code == .methodNotAllowed, let path, let endpoint = try? ControlEndpoint(path: path)
    {
      reply.allow = endpoint.methods.joined(separator: ", ")
    }
    return reply
  }

  /// The error object: `{"error":{"code","message","hint"}}`.
  package static func errorBody(_ failure: ControlFailure) -> [UInt8] {
    WireJSON.encode(["error": failure])
  }

  /// One line of the event stream, newline included.
  package static func render(_ event: RequestEvent) -> [UInt8] {
    switch event {
    case .finished(let request): WireJSON.encode(request) + [UInt8(ascii: "\n")]
    case .dropped(let count): WireJSON.encode(["dropped": count]) + [UInt8(ascii: "\n")]
    case .heartbeat: [UInt8(ascii: "\n")]
    }
  }

  /// Reads one line of the event stream, without its newline.
  package static func event(fromLine line: [UInt8]) throws(ControlFailure) -> RequestEvent {
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return .heartbeat }
    if let gap = try? WireJSON.decode(Gap.self, from: line) { return .dropped(gap.dropped) }
    return .finished(try decoded(RequestSummary.self, line))
  }

  /// Reads what the server answered to `command`.
  package static func answer(
    to command: ControlCommand, from reply: ControlReply
  ) throws(ControlFailure) -> ControlAnswer {
    try requireSuccess(reply)
    let body = reply.body
    switch command {
    case .status: return .status(try decoded(LiveSnapshot.self, body))
    case .listKeys, .listKeysOf: return .keys(try decoded([KeySummary].self, body))
    case .addKey, .changeKey(_, .rotate):
      return .issuedKey(try decoded(IssuedKey.self, body))
    case .showKey, .changeKey, .undoKey: return .key(try decoded(KeySummary.self, body))
    case .exportKeys: return .keyExport(try decoded(KeyExport.self, body))
    case .importKeys: return .keyImport(try decoded(KeyImport.self, body))
    case .usage: return .usage(try decoded([UsageRow].self, body))
    case .showRequest: return .request(try decoded(RequestSummary.self, body))
    case .showBodies: return .bodies(try decoded(RequestBodies.self, body))
    case .trial(let command): return try answer(to: command, from: reply)
    case .listMappings:
      return .mappings(
        MappingList(
          generation: try generation(reply),
          mappings: try decoded([MappingSummary].self, body)))
    case .setMapping, .unsetMapping, .undoMapping:
      return .mappingChange(try decoded(MappingChange.self, body))
    case .listBackends: return .backends(try decoded([BackendStatus].self, body))
    case .listRequests: return .requests(try decoded([RequestSummary].self, body))
    case .killRequest: return .killed(try decoded(Killed.self, body).id)
    case .reload: return .reloaded(try decoded(ReloadReport.self, body))
    case .showCache, .clearCache: return .cache(try decoded(CacheStatus.self, body))
    case .listAudit: return .audit(try decoded([AuditRecord].self, body))
    case .drain:
      _ = try decoded(Draining.self, body)
      return .draining
    case .translate: return .translation(try decoded(Translation.self, body))
    case .routing(let command, _): return .routing(try answer(to: command, from: reply))
    }
  }

  /// Reads the server's own card.
  package static func server(from reply: ControlReply) throws(ControlFailure) -> ServerSummary {
    try requireSuccess(reply)
    return try decoded(ServerSummary.self, reply.body)
  }

  /// Throws the failure that the reply carries, if it carries one.
  package static func requireSuccess(_ reply: ControlReply) throws(ControlFailure) {
    guard !(200..<300).contains(reply.status) else { return }
    guard let wire = try? WireJSON.decode(WireError.self, from: reply.body) else {
      throw ControlFailure(
        code(of: reply.status), "the gateway answered \(reply.status) without saying why",
        hint: "Is something else listening on this socket? Try `anyllmctl doctor`.")
    }
    throw ControlFailure(
      ControlFailure.Code(rawValue: wire.error.code) ?? code(of: reply.status),
      wire.error.message, hint: wire.error.hint ?? "")
  }

  private static func generation(_ reply: ControlReply) throws(ControlFailure) -> Int {
    guard let tag = reply.etag, let generation = generation(ofTag: tag) else {
      throw ControlFailure(
        .failed, "the gateway's answer names no generation",
        hint: "Gateway and client may be of different versions; compare `anyllmctl version`.")
    }
    return generation
  }

  static func ok(
    _ value: some Encodable, status: Int = 200, generation: Int? = nil
  ) -> ControlReply {
    ControlReply(status: status, body: WireJSON.encode(value), etag: generation.map(etag))
  }

  static func decoded<Value: Decodable>(
    _ type: Value.Type, _ body: [UInt8]
  ) throws(ControlFailure) -> Value {
    do throws(WireMismatch) {
      return try WireJSON.decode(type, from: body)
    } catch {
      throw ControlFailure(
        .failed, "cannot read the gateway's answer: \(error.sentence)",
        hint: "Gateway and client may be of different versions; compare `anyllmctl version`.")
    }
  }

  private static func status(of code: ControlFailure.Code, to command: ControlCommand?) -> Int {
    switch code {
    case .invalid: return 400
    case .notPermitted: return 403
    case .notFound, .unknownEndpoint: return 404
    case .methodNotAllowed: return 405
    case .conflict:
      switch command {
      case .setMapping(_, _, _?), .unsetMapping(_, _?): return 412
      case .routing(let command, _) where command.generation != nil: return 412
      default: return 409
      }
    case .ambiguous: return 409
    case .tooLarge: return 413
    case .failed: return 500
    case .unavailable, .unreachable: return 503
    case .timedOut: return 504
    }
  }

  private static func code(of status: Int) -> ControlFailure.Code {
    switch status {
    case 401, 403: .notPermitted
    case 404: .unknownEndpoint
    case 405: .methodNotAllowed
    case 409, 412: .conflict
    case 413: .tooLarge
    case 400..<500: .invalid
    case 503: .unavailable
    case 504: .timedOut
    default: .failed
    }
  }
}

private struct Killed: Codable {
  var id: String
  var killed: Bool
}

private struct Draining: Codable {
  var state: ServingState
}

private struct Gap: Codable {
  var dropped: Int
}

/// The error object as it came, with a code that may be newer than we are.
private struct WireError: Decodable {
  struct Body: Decodable {
    var code: String
    var message: String
    var hint: String?
  }

  var error: Body
}
