import ControlPlane
import TestSupport
import Testing

@Suite("The control socket")
struct ControlSocketTests {
  /// Sends a request as it stands and reads one reply.
  private func exchange(_ house: House, _ request: String) async throws -> RawReplyMessage {
    let path = house.scratch.path("admin.sock")
    return try await OwnThread.run {
      let connection = try RawConnection.connect(unixPath: path)
      connection.send(Array(request.utf8))
      return try connection.readReply()
    }
  }

  private func send(
    _ house: House, _ method: String, _ path: String, body: String = "", headers: String = ""
  ) async throws -> RawReplyMessage {
    let length = body.isEmpty && method == "GET" ? "" : "content-length: \(body.utf8.count)\r\n"
    return try await exchange(
      house,
      "\(method) /admin/v1/\(path) HTTP/1.1\r\nhost: anyllm\r\n\(headers)\(length)\r\n\(body)")
  }

  @Test func `answers every question with JSON`() async throws {
    try await House.live { house in
      for path in ["server", "status", "keys", "mappings", "backends", "requests", "audit"] {
        let reply = try await send(house, "GET", path)
        #expect(reply.status == 200, "\(path)")
        #expect(reply.field("content-type") == "application/json")
        #expect(reply.field("x-anyllm-api") != nil)
        let first = reply.text.first
        #expect(first == "{" || first == "[")
      }
    }
  }

  @Test func `makes and revokes a key`() async throws {
    try await House.live { house in
      let made = try await send(house, "POST", "keys", body: #"{"name":"laptop"}"#)
      let key = try #require(made.text.split(separator: "\"").first { $0.hasPrefix("sk-vk") })
      #expect(made.status == 201 && key.utf8.count > 40)
      #expect(try await send(house, "GET", "keys/laptop").status == 200)
      let gone = try await send(house, "DELETE", "keys/laptop")
      #expect(gone.status == 200 && gone.text.contains("revoked"))
      #expect(!gone.text.contains(key) && gone.text.contains("laptop"))
      let audit = try await send(house, "GET", "audit").text
      #expect(audit.contains("key.add") && audit.contains("uid:"))
    }
  }

  @Test func `refuses what it does not know with a code, a sentence and a remedy`() async throws {
    try await House.live { house in
      for (method, path, body, status) in [
        ("GET", "nothing", "", 404), ("GET", "keys/nobody", "", 404),
        ("PATCH", "keys", "", 405), ("POST", "status", "", 405), ("GET", "config/reload", "", 405),
        ("POST", "keys", "", 400), ("POST", "keys", "{", 400), ("POST", "keys", "[]", 400),
        ("POST", "keys", #"{"name":7}"#, 400), ("POST", "keys", #"{"nam":"x"}"#, 400),
        ("PUT", "mappings/x", #"{"target":"nowhere:y"}"#, 404),
        ("POST", "requests/none/kill", "", 404), ("GET", "requests?limit=0", "", 400),
        ("GET", "requests?limit=many", "", 400), ("GET", "keys/%zz", "", 400),
      ] {
        let reply = try await send(house, method, path, body: body)
        #expect(reply.status == status, "\(method) \(path) \(body): \(reply.text)")
        #expect(reply.text.contains(#""code":"#), "\(method) \(path)")
        #expect(reply.text.contains(#""message":"#) && reply.text.contains(#""hint":"#))
        if status == 405 { #expect(reply.field("allow")?.isEmpty == false) }
      }
      let picture = try house.picture
      #expect(picture.generation == 1 && picture.totals.requests == 0)
    }
  }

  @Test func `changes a mapping only for the generation that was seen`() async throws {
    try await House.live { house in
      let list = try await send(house, "GET", "mappings")
      let tag = try #require(list.field("etag"))
      let body = #"{"target":"chat:new"}"#
      let changed = try await send(
        house, "PUT", "mappings/claude-%2A", body: body, headers: "if-match: \(tag)\r\n")
      #expect(changed.status == 200 && changed.field("etag") != tag)
      let late = try await send(
        house, "PUT", "mappings/claude-%2A", body: #"{"target":"chat:x"}"#,
        headers: "if-match: \(tag)\r\n")
      #expect(late.status == 412)
    }
  }

  @Test func `tells of each exchange as it ends`() async throws {
    let path = "/v1/chat/completions"
    try await House.live { house in
      house.chat.enqueue(.openAIChat(.text("Fine")), .openAIChat(.text("Fine")))
      let body = Language.chat.request(model: "gpt-test")
      _ = try await house.ask(body, at: path, headers: [("x-request-id", "first")])
      try await house.records(1)
      let socket = house.scratch.path("admin.sock")
      let connection = try await OwnThread.run {
        let connection = try RawConnection.connect(unixPath: socket)
        connection.send(
          Array("GET /admin/v1/requests/events?backlog=5 HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
        return connection
      }
      let head = try await OwnThread.run { try connection.readHead() }
      #expect(head.status == 200 && head.field("content-type") == "application/x-ndjson")
      let first = try await OwnThread.run { try connection.readChunk() ?? [] }
      #expect(String(decoding: first, as: UTF8.self).contains(#""first""#))
      _ = try await house.ask(body, at: path, headers: [("x-request-id", "second")])
      let second = try await OwnThread.run { try connection.readChunk() ?? [] }
      #expect(String(decoding: second, as: UTF8.self).contains(#""second""#))
      connection.close()
    }
  }

  @Test func `lies where only its owner can reach it`() async throws {
    try await House.live { house in
      let modes = try house.scratch.modes(of: "admin.sock")
      #expect(modes.file == 0o600)
      #expect(modes.directory == 0o700)
    }
  }
}
