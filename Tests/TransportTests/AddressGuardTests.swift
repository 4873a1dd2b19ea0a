import Synchronization
import TestSupport
import Testing
import Transport

@Suite struct `A request with a guard on its addresses` {
  /// Both ways of the client, and a name besides a number.
  @Test(arguments: ["127.0.0.1", "localhost"])
  func `is asked about each before it connects`(host: String) async throws {
    let server = try Serving { $0.say("here") }
    let calling = try Calling(.plain)
    let asked = Mutex<[String]>([])
    func call(_ may: Bool) async -> String {
      var request = UpstreamRequest(
        method: "GET", url: "http://\(host):\(server.server.boundPort)/")
      request.mayConnect = { address in
        asked.withLock { $0.append(address) }
        return may
      }
      return await calling.outcome(request)
    }
    #expect(await call(true) == "200 here")
    // The open connection of the one before is no way round it.
    #expect(await call(false).hasPrefix("refused"))
    let addresses = Set(asked.withLock { $0 })
    #expect(addresses.contains("127.0.0.1"))
    #expect(addresses.isSubset(of: ["127.0.0.1", "::1"]))
    let open = UpstreamRequest(
      method: "GET", url: "http://\(host):\(server.server.boundPort)/")
    #expect(await calling.outcome(open) == "200 here")
  }
}
