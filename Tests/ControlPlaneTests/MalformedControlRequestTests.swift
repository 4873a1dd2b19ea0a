import Testing

@testable import ControlPlane

/// A request that must be refused, and how.
struct BadRequest: Sendable, CustomTestStringConvertible {
  var method: String
  var target: String
  var body: String
  var ifMatch: String?
  var code: ControlFailure.Code
  /// What the sentence or its remedy must mention.
  var mentions: String

  init(
    _ method: String, _ target: String, _ code: ControlFailure.Code = .invalid, body: String = "",
    ifMatch: String? = nil, mentions: String
  ) {
    self.method = method
    self.target = target
    self.body = body
    self.ifMatch = ifMatch
    self.code = code
    self.mentions = mentions
  }

  var testDescription: String { "\(method) \(target) \(body.prefix(40)) \(ifMatch ?? "")" }

  static let all: [BadRequest] = [
    BadRequest("GET", "/admin/v1/key", .unknownEndpoint, mentions: "/admin/v1/keys"),
    BadRequest("GET", "/admin/v2/keys", .unknownEndpoint, mentions: "/admin/v1"),
    BadRequest("GET", "/", .unknownEndpoint, mentions: "/admin/v1"),
    BadRequest("GET", "", .unknownEndpoint, mentions: "/admin/v1"),
    BadRequest("GET", "/admin/v1/keys/", .unknownEndpoint, mentions: "/admin/v1/keys"),
    BadRequest("GET", "/admin/v1/keys/a/b", .unknownEndpoint, mentions: "keys/a/b"),
    BadRequest("GET", "/admin/v1/\u{1B}[2J", .unknownEndpoint, mentions: "\\x1b"),
    BadRequest("GET", "/admin/v1/keys/%zz", mentions: "percent"),
    BadRequest("GET", "/admin/v1/keys/%F", mentions: "percent"),
    BadRequest("GET", "/admin/v1/keys/%FF%FE", mentions: "percent"),
    BadRequest("PATCH", "/admin/v1/keys", .methodNotAllowed, mentions: "GET, POST"),
    BadRequest("POST", "/admin/v1/status", .methodNotAllowed, mentions: "GET"),
    BadRequest("get", "/admin/v1/status", .methodNotAllowed, mentions: "GET"),
    BadRequest("GET", "/admin/v1/mappings/x", .methodNotAllowed, mentions: "PUT, DELETE"),
    BadRequest("GET", "/admin/v1/requests?limit=0", mentions: "1 to 1000"),
    BadRequest("GET", "/admin/v1/requests?limit=1001", mentions: "1 to 1000"),
    BadRequest("GET", "/admin/v1/requests?limit=ten", mentions: "whole number"),
    BadRequest("GET", "/admin/v1/requests?limit=-1", mentions: "whole number"),
    BadRequest("GET", "/admin/v1/requests?limit=99999999999999999999", mentions: "whole number"),
    BadRequest("GET", "/admin/v1/requests?limit", mentions: "whole number"),
    BadRequest("GET", "/admin/v1/requests?limit=1&limit=2", mentions: "twice"),
    BadRequest("GET", "/admin/v1/requests?limits=1", mentions: "limit, before"),
    BadRequest("GET", "/admin/v1/keys?limit=1", mentions: "Known here: state"),
    BadRequest("GET", "/admin/v1/status?limit=1", mentions: "takes none"),
    BadRequest("GET", "/admin/v1/keys?state=gone", mentions: "active, paused, expired, revoked"),
    BadRequest("GET", "/admin/v1/keys?state=", mentions: "empty"),
    BadRequest("GET", "/admin/v1/keys?dry_run=1", mentions: "Known here: state"),
    BadRequest("POST", "/admin/v1/keys?dry_run=maybe", body: #"{"name":"a"}"#, mentions: "1 or 0"),
    BadRequest("DELETE", "/admin/v1/keys/ci?kill=2", mentions: "1 or 0"),
    BadRequest("POST", "/admin/v1/keys/ci/stop", .unknownEndpoint, mentions: "path"),
    BadRequest("GET", "/admin/v1/keys/ci/pause", .methodNotAllowed, mentions: "POST"),
    BadRequest("GET", "/admin/v1/usage?by=week", mentions: "day, model, backend, key"),
    BadRequest("GET", "/admin/v1/usage?key=%FF", mentions: "percent"),
    BadRequest("GET", "/admin/v1/usage?since=yesterday", mentions: "whole number"),
    BadRequest(
      "POST", "/admin/v1/keys/ci/rotate", body: #"{"grace_ms":-1}"#, mentions: "`grace_ms`"),
    BadRequest(
      "POST", "/admin/v1/keys/ci/rotate", body: #"{"grace":1}"#, mentions: "grace_ms"),
    BadRequest("POST", "/admin/v1/keys/ci/pause", body: #"{"x":1}"#, mentions: "no members"),
    BadRequest("POST", "/admin/v1/keys/import", mentions: "`keys` is missing"),
    BadRequest(
      "POST", "/admin/v1/keys/import", body: #"{"keys":[{"name":"a"}]}"#, mentions: "keys[0]"),
    BadRequest(
      "POST", "/admin/v1/keys/import", body: #"{"keys":[{"name":"a","key":"b","digest":"c"}]}"#,
      mentions: "either"),
    BadRequest("PATCH", "/admin/v1/keys/ci", body: #"{"terms":7}"#, mentions: "`terms`"),
    BadRequest("PATCH", "/admin/v1/keys/ci", body: "[]", mentions: "not an object"),
    BadRequest("PATCH", "/admin/v1/keys/ci", body: #"{"name":null}"#, mentions: "`name`"),
    BadRequest("PATCH", "/admin/v1/keys/ci", body: #"{"secret":"x"}"#, mentions: "is_paused"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"requests_per_minute":0}}"#,
      mentions: "terms.requests_per_minute"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"rpm":1}}"#, mentions: "terms.rpm"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"token_per_minute":1}}"#,
      mentions: "Did you mean `tokens_per_minute`?"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"concurrent_requests":1.5}}"#,
      mentions: "whole number"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"role":"root"}}"#, mentions: "`viewer`"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"models":"gpt"}}"#, mentions: "a list"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"models":["a","a"]}}"#, mentions: "twice"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"models":[" a"]}}"#,
      mentions: "terms.models[0]"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"logs_bodies":"yes"}}"#,
      mentions: "true or false"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"budgets":[{"period":"day"}]}}"#,
      mentions: "terms.budgets[0].limit_micro_dollars"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci",
      body: #"{"terms":{"budgets":[{"limit_micro_dollars":0}]}}"#, mentions: "from 1 to"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci",
      body: #"{"terms":{"budgets":[{"limit_micro_dollars":1,"period":"year"}]}}"#,
      mentions: "`lifetime`"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci",
      body:
        #"{"terms":{"budgets":[{"limit_micro_dollars":1,"period":"lifetime","is_rolling":true}]}}"#,
      mentions: "roll"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci",
      body: #"{"terms":{"budgets":[{"limit_micro_dollars":1},{"limit_micro_dollars":2}]}}"#,
      mentions: "second budget"),
    BadRequest(
      "PATCH", "/admin/v1/keys/ci", body: #"{"terms":{"mappings":[{"pattern":"a"}]}}"#,
      mentions: "terms.mappings[0].target"),
    BadRequest("GET", "/admin/v1/requests/events?backlog=5000", mentions: "0 to 1000"),
    BadRequest("POST", "/admin/v1/keys", mentions: "`name` is missing"),
    BadRequest("POST", "/admin/v1/keys", body: "{", mentions: "not valid JSON"),
    BadRequest("POST", "/admin/v1/keys", body: "{\"name\":\"ci\"} x", mentions: "not valid JSON"),
    BadRequest("POST", "/admin/v1/keys", body: "name=ci", mentions: "not valid JSON"),
    BadRequest("POST", "/admin/v1/keys", body: "[]", mentions: "a list, not an object"),
    BadRequest("POST", "/admin/v1/keys", body: "\"ci\"", mentions: "a string, not an object"),
    BadRequest("POST", "/admin/v1/keys", body: "null", mentions: "null, not an object"),
    BadRequest("POST", "/admin/v1/keys", body: #"{"name":7}"#, mentions: "must be a string"),
    BadRequest("POST", "/admin/v1/keys", body: #"{"name":""}"#, mentions: "`name` is empty"),
    BadRequest("POST", "/admin/v1/keys", body: #"{"name":null}"#, mentions: "`name` is missing"),
    BadRequest("POST", "/admin/v1/keys", body: #"{"nme":"ci"}"#, mentions: "Did you mean `name`?"),
    BadRequest(
      "POST", "/admin/v1/keys", body: #"{"name":"a","budget":1}"#, mentions: "expires_at_ms"),
    BadRequest(
      "POST", "/admin/v1/keys", body: #"{"name":"a","terms":{"tags":[1]}}"#,
      mentions: "terms.tags[0]"),
    BadRequest(
      "POST", "/admin/v1/keys", body: #"{"name":"a","expires_at_ms":"30d"}"#,
      mentions: "whole number"),
    BadRequest(
      "POST", "/admin/v1/keys", body: #"{"name":"a","expires_at_ms":1.5}"#, mentions: "whole number"
    ),
    BadRequest("POST", "/admin/v1/keys", body: #"{"name":"a","secret":""}"#, mentions: "generated"),
    BadRequest(
      "POST", "/admin/v1/keys", body: String(repeating: "[", count: 100_000), mentions: "JSON"),
    BadRequest(
      "POST", "/admin/v1/keys", .tooLarge,
      body: #"{"name":"\#(String(repeating: "a", count: 1 << 20))"}"#, mentions: "1048576"),
    BadRequest("PUT", "/admin/v1/mappings/x", mentions: "`target` is missing"),
    BadRequest("PUT", "/admin/v1/mappings/x", body: #"{"target":["a"]}"#, mentions: "a string"),
    BadRequest(
      "PUT", "/admin/v1/mappings/", .unknownEndpoint, body: #"{"target":"a"}"#, mentions: "path"),
    BadRequest(
      "PUT", "/admin/v1/mappings/x", body: #"{"target":"a"}"#, ifMatch: "17", mentions: "gen-17"),
    BadRequest(
      "PUT", "/admin/v1/mappings/x", body: #"{"target":"a"}"#, ifMatch: "\"gen--1\"",
      mentions: "If-Match"
    ),
    BadRequest(
      "DELETE", "/admin/v1/mappings/x", ifMatch: "\"gen-1\", \"gen-2\"", mentions: "one generation"),
    BadRequest(
      "POST", "/admin/v1/config/reload", body: #"{"force":true}"#, mentions: "takes no members"),
    BadRequest("POST", "/admin/v1/server/drain", body: "grace=30", mentions: "JSON"),
  ]
}

@Suite struct `A malformed control request` {
  @Test(arguments: BadRequest.all)
  func `is refused with what is wrong and how to put it right`(request: BadRequest) throws {
    let target = request.target.split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let result = ControlRoutes.parse(
      method: request.method, path: String(target[0]),
      query: target.count == 2 ? String(target[1]) : nil,
      fields: request.ifMatch.map { [(name: "If-Match", value: $0)] } ?? [],
      body: Array(request.body.utf8))
    let failure = try #require(throws: ControlFailure.self) { try result.get() }
    #expect(failure.code == request.code, "\(failure)")
    #expect("\(failure.message) \(failure.hint)".contains(request.mentions), "\(failure)")
    #expect(!failure.message.isEmpty && !failure.hint.isEmpty)
    #expect(!"\(failure.message)\(failure.hint)".contains("\u{1B}"))
  }

  @Test func `names the methods that the path allows`() {
    let path = "/admin/v1/keys"
    guard case .failure(let failure) = ControlRoutes.parse(method: "PUT", path: path) else {
      Issue.record("PUT on keys was taken")
      return
    }
    let reply = ControlRoutes.render(failure, path: path)
    #expect(reply.status == 405)
    #expect(reply.allow == "GET, POST")
  }

  @Test func `is not one that leaves out what may be left out`() {
    #expect(
      ControlRoutes.parse(method: "GET", path: "/admin/v1/requests")
        == .success(.command(.listRequests(limit: 50, before: nil))))
    #expect(
      ControlRoutes.parse(
        method: "POST", path: "/admin/v1/keys",
        body: Array(#" {"name":"ci","note":null,"secret":null} "#.utf8))
        == .success(.command(.addKey(NewKey(name: "ci")))))
    #expect(
      ControlRoutes.parse(
        method: "DELETE", path: "/admin/v1/mappings/x", fields: [(name: "If-Match", value: "*")],
        body: Array("{}".utf8))
        == .success(.command(.unsetMapping(pattern: "x", ifGeneration: nil))))
  }
}
