/// One thing an operator can ask of the running gateway, whether by `anyllmctl`, by `curl` on the
/// socket or by a key of the dashboard.
package enum ControlCommand: Sendable, Equatable {
  case status
  case listKeys
  case listKeysOf(KeyState)
  case showKey(String)
  case addKey(NewKey)
  case changeKey(String, KeyChange)
  /// Takes back the last edit, pause or resumption that was not taken back yet.
  case undoKey
  case exportKeys
  case importKeys(KeyExport)
  case usage(UsageQuestion)
  case listMappings
  /// The mapping changes only while the generation is still the given one, when one is given.
  case setMapping(pattern: String, target: String, ifGeneration: Int?)
  case unsetMapping(pattern: String, ifGeneration: Int?)
  case undoMapping
  case listBackends
  /// Finished requests, newest first, older than the cursor's sequence number.
  case listRequests(limit: Int, before: Int64?)
  case showRequest(String)
  /// What a request sent and got, where its key has that kept.
  case showBodies(String)
  case killRequest(String)
  case reload
  case listAudit(limit: Int)
  case showCache
  case clearCache
  case drain
  case translate(TranslationQuestion)
  /// Backends, routes and the order of mappings; a trial says what would be and changes nothing.
  case routing(RoutingCommand, isTrial: Bool)
  /// Says what the command would do, and does nothing; for commands about keys.
  indirect case trial(ControlCommand)
}

/// What the gateway answers to a command.
package enum ControlAnswer: Sendable, Equatable {
  case status(LiveSnapshot)
  case keys([KeySummary])
  case key(KeySummary)
  case issuedKey(IssuedKey)
  case keyExport(KeyExport)
  case keyImport(KeyImport)
  case usage([UsageRow])
  case bodies(RequestBodies)
  case mappings(MappingList)
  case mappingChange(MappingChange)
  case backends([BackendStatus])
  case requests([RequestSummary])
  case request(RequestSummary)
  case killed(String)
  case reloaded(ReloadReport)
  case audit([AuditRecord])
  case cache(CacheStatus)
  case draining
  case translation(Translation)
  case routing(RoutingAnswer)
}

/// Why a command was not carried out: a code for programs, a sentence and a remedy for people.
package struct ControlFailure: Error, Codable, Sendable, Equatable {
  /// What kind of refusal this is, as programs read it.
  package enum Code: String, Codable, Sendable, CaseIterable {
    case invalid, notFound = "not_found", conflict, notPermitted = "not_permitted"
    case unavailable, failed
    /// A name that fits more than one thing.
    case ambiguous
    /// No such path in this version of the control plane.
    case unknownEndpoint = "unknown_endpoint"
    case methodNotAllowed = "method_not_allowed"
    case tooLarge = "too_large"
    /// Only a client says these: nobody answered, or not in time.
    case unreachable, timedOut = "timed_out"
  }

  package var code: Code
  package var message: String
  package var hint: String

  package init(_ code: Code, _ message: String, hint: String = "") {
    self.code = code
    self.message = message
    self.hint = hint
  }
}
