import Testing

@testable import ControlPlane

@Suite struct `Control routes` {
  private func parse(_ message: ControlMessage) -> Result<ControlRequest, ControlFailure> {
    var fields = [(name: "Host", value: "anyllm")]
    if let ifMatch = message.ifMatch { fields.append((name: "if-match", value: ifMatch)) }
    return ControlRoutes.parse(
      method: message.method, path: message.path, query: message.query, fields: fields,
      body: message.body)
  }

  @Test(arguments: Specimens.commands + Specimens.routing)
  func `carry every command to the server unchanged`(command: ControlCommand) {
    let message = ControlRoutes.message(for: command)
    #expect(parse(message) == .success(.command(command)))
    #expect(message.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
  }

  @Test(arguments: [
    ControlRequest.server, .requestEvents(backlog: 0, after: nil),
    .requestEvents(backlog: 1000, after: .max),
  ])
  func `carry what is no command to the server unchanged`(request: ControlRequest) {
    #expect(parse(ControlRoutes.message(for: request)) == .success(request))
  }

  @Test(arguments: Specimens.answers.indices)
  func `carry every answer to the client unchanged`(place: Int) throws {
    let (command, answer) = Specimens.answers[place]
    let reply = ControlRoutes.render(answer)
    #expect((200..<300).contains(reply.status))
    #expect(try ControlRoutes.answer(to: command, from: reply) == answer)
  }

  @Test(arguments: Specimens.routingAnswers.indices)
  func `carry every answer about routing unchanged`(place: Int) throws {
    let (command, answer) = Specimens.routingAnswers[place]
    let reply = ControlRoutes.render(.routing(answer))
    #expect(reply.status == 200)
    #expect(
      try ControlRoutes.answer(to: .routing(command, isTrial: false), from: reply)
        == .routing(answer))
  }

  @Test func `never take a trial for the real thing`() {
    for (method, path) in [("DELETE", "mappings/x"), ("POST", "mappings/undo")] {
      let parsed = ControlRoutes.parse(
        method: method, path: "/admin/v1/\(path)", query: "dry_run=1", fields: [], body: [])
      guard case .failure(let failure) = parsed else {
        Issue.record("\(method) \(path) was taken")
        continue
      }
      #expect(failure.code == .invalid)
    }
  }

  @Test(arguments: ControlFailure.Code.allCases)
  func `carry every failure to the client unchanged`(code: ControlFailure.Code) {
    let failure = ControlFailure(code, Specimens.hostile, hint: "do \"this\"")
    let reply = ControlRoutes.render(failure)
    #expect((400..<600).contains(reply.status))
    #expect(throws: failure) { try ControlRoutes.requireSuccess(reply) }
  }

  @Test func `write snake_case, and empty lists as such`() {
    let text = String(
      decoding: ControlRoutes.render(.status(Specimens.snapshot)).body, as: UTF8.self)
    for member in [
      "\"base_url\"", "\"last_request_id\"", "\"first_token_p95_ms\"", "\"a_b_c\":7",
      "\"camelCase\":8", "\"is_streaming\"", "\"started_at_ms\":1",
    ] {
      #expect(text.contains(member), "\(member)")
    }
    #expect(ControlRoutes.render(.keys([])).body == Array("[]".utf8))
    let failure = ControlFailure(.notFound, "no key `x`", hint: "look")
    #expect(
      String(decoding: ControlRoutes.render(failure).body, as: UTF8.self)
        == #"{"error":{"code":"not_found","hint":"look","message":"no key `x`"}}"#)
  }

  @Test func `name the generation in the entity tag`() {
    #expect(ControlRoutes.render(.mappingChange(Specimens.change)).etag == "\"gen-18\"")
    #expect(ControlRoutes.render(.status(Specimens.snapshot)).etag == "\"gen-17\"")
    #expect(ControlRoutes.render(ServerSummary(Specimens.snapshot)).etag == "\"gen-17\"")
    #expect(ControlRoutes.render(.keys([])).etag == nil)
  }

  @Test func `answer a lost race with 412 only when a generation was named`() {
    let failure = ControlFailure(.conflict, "generation is 18")
    let bound = ControlCommand.setMapping(pattern: "p", target: "t", ifGeneration: 17)
    let free = ControlCommand.setMapping(pattern: "p", target: "t", ifGeneration: nil)
    #expect(ControlRoutes.render(failure, to: bound).status == 412)
    #expect(ControlRoutes.render(failure, to: free).status == 409)
  }

  @Test func `keep a failure whose code is newer than they are`() {
    let reply = ControlReply(
      status: 409, body: Array(#"{"error":{"code":"in_use","message":"m","extra":1}}"#.utf8))
    #expect(throws: ControlFailure(.conflict, "m")) { try ControlRoutes.requireSuccess(reply) }
  }

  @Test(arguments: [("<html>", 502), ("", 500), ("{}", 404), ("[]", 403)])
  func `make a failure of an answer that is not ours`(body: String, status: Int) {
    #expect(throws: ControlFailure.self) {
      try ControlRoutes.requireSuccess(ControlReply(status: status, body: Array(body.utf8)))
    }
  }

  @Test(arguments: ["", "nope", "{}", "[1]", #"[{"id":"three"}]"#])
  func `name what is wrong in an answer that cannot be read`(body: String) {
    let reply = ControlReply(status: 200, body: Array(body.utf8))
    let failure = #expect(throws: ControlFailure.self) {
      try ControlRoutes.answer(to: .listKeys, from: reply)
    }
    #expect(failure?.code == .failed)
    #expect(failure?.message.hasPrefix("cannot read the gateway's answer") == true)
  }

  @Test func `carry events line by line`() throws {
    for event in [RequestEvent.finished(Specimens.request), .dropped(37), .heartbeat] {
      var line = ControlRoutes.render(event)
      #expect(line.removeLast() == UInt8(ascii: "\n"))
      #expect(!line.contains(UInt8(ascii: "\n")))
      #expect(try ControlRoutes.event(fromLine: line) == event)
    }
  }
}
