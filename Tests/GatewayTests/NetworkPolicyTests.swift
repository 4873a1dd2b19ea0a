import Dialects
import Testing
import Transport

@testable import Gateway

@Suite struct `A network address` {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
    ("::FFFF:c000:0201", "192.0.2.1"), ("2001:DB8:0::1", "2001:db8::1"), ("::", "::"),
    ("::1", "::1"), ("fe80::1%eth0", "fe80::1"),
  ])
  func `is the same in every spelling`(text: String, shown: String) {
    #expect(NetworkAddress(text)?.description == shown)
  }

  @Test(arguments: [
    "", " ", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "1.2.3.4%eth0", "::1%",
    "::1%a%b", "fe80::1% x", ":::", "g::", "localhost", "1.2.3.4/8", "[::1]",
    String(repeating: "0", count: 65), "::ffff:1.2.3", "1.2.3.4\u{0}",
  ])
  func `is not read from anything else`(text: String) {
    #expect(NetworkAddress(text) == nil)
  }

  @Test(arguments: [
    ("127.1", "127.0.0.1"), ("0x7f000001", "127.0.0.1"), ("2130706433", "127.0.0.1"),
    ("0177.0.0.1", "127.0.0.1"), ("169.254.43518", "169.254.169.254"), ("10.0.0.1", "10.0.0.1"),
  ])
  func `is seen in what a resolver takes for one`(host: String, shown: String) {
    #expect(NetworkAddress(host: host)?.description == shown)
  }

  @Test(arguments: ["example.com", "1.example", "a1", "0x", "1.2.3.4.5", "face"])
  func `is not seen in a name`(host: String) {
    #expect(NetworkAddress(host: host) == nil)
  }
}

@Suite struct `A network` {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
    ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("0.0.0.0/0", "255.255.255.255", true),
    ("0.0.0.0/0", "::1", false), ("::/0", "2001:db8::1", true), ("::/0", "1.2.3.4", false),
    ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
    ("2001:db8::/32", "2001:db8:ffff::", true), ("2001:db8::/32", "2001:db9::", false),
    ("::ffff:10.0.0.0/104", "10.9.9.9", true), ("fe80::/10", "fe80::1%eth0", true),
    ("192.0.2.4/31", "192.0.2.5", true), ("192.0.2.4/31", "192.0.2.6", false),
  ])
  func `holds the addresses that begin like it`(range: String, address: String, isIn: Bool) throws {
    let address = try #require(NetworkAddress(address))
    #expect(try AddressRange(range).contains(address) == isIn)
  }

  @Test(arguments: [
    "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "/8", "10/8", "::/129",
    "fe80::%a/64",
    "10.0.0.1/8", "2001:db8::1/32", "10.0.0.0/+8", "10.0.0.0/008 ", "x",
  ])
  func `is refused when it is none`(text: String) {
    #expect(throws: AddressRange.Fault.self) { try AddressRange(text) }
  }

  @Test func `with bits too many says which was meant`() {
    #expect(
      throws: AddressRange.Fault(what: "has bits beyond its prefix", remedy: "write 10.0.0.0/8")
    ) {
      try AddressRange("10.1.2.3/8")
    }
  }
}

@Suite struct `A network policy` {
  private func policy(_ allow: [String], _ trust: NetworkPolicy.Trust = .nobody) throws
    -> NetworkPolicy
  {
    var policy = NetworkPolicy()
    policy.allow = try allow.map { try AddressRange($0) }
    policy.trust = trust
    return policy
  }

  private func found(_ policy: NetworkPolicy, _ peer: String, _ forwarded: [String]) -> String {
    let fields = HTTPFields(forwarded.map { ("X-Forwarded-For", $0) })
    do {
      return try policy.check(.ip(peer, port: 9), fields)
    } catch {
      return "\(error.status) \(error.code ?? "")"
    }
  }

  private let refused = "403 ip_not_allowed"

  @Test func `lets those call who are named, whatever they claim`() throws {
    let policy = try policy(["10.0.0.0/8", "2001:db8::/32"])
    #expect(found(policy, "10.1.2.3", []) == "10.1.2.3")
    #expect(found(policy, "::ffff:10.1.2.3", []) == "10.1.2.3")
    #expect(found(policy, "2001:db8::9", []) == "2001:db8::9")
    for peer in ["11.0.0.1", "::1", "127.0.0.1", "", "unknown"] {
      #expect(found(policy, peer, ["10.1.2.3"]) == refused)
    }
    for header in ["Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "X-Forwarded"] {
      #expect(throws: Failure.self) {
        try policy.check(.ip("11.0.0.1", port: 1), HTTPFields([(header, "10.0.0.1")]))
      }
    }
  }

  @Test func `lets everybody call when it names nobody, and shows the peer`() {
    #expect(found(NetworkPolicy(), "203.0.113.9", ["10.0.0.1"]) == "203.0.113.9")
  }

  @Test func `lets a peer of the Unix socket pass`() throws {
    let policy = try policy(["10.0.0.0/8"], .depth(1, from: []))
    let fields = HTTPFields([("x-forwarded-for", "rubbish")])
    #expect(try policy.check(.unix(uid: 7, pid: 1), fields) == "unix:7")
  }

  /// The wanted entry from the right; what stands left of it is the client's own invention.
  @Test(arguments: [
    (1, ["203.0.113.9"], "203.0.113.9"), (1, ["10.0.0.1, 203.0.113.9"], "203.0.113.9"),
    (1, ["10.0.0.1", "203.0.113.9"], "203.0.113.9"), (2, ["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
    (2, ["spoof, 203.0.113.9,10.0.0.2"], "203.0.113.9"), (1, [], "192.0.2.1"),
    (3, ["203.0.113.9, 10.0.0.2"], "203.0.113.9"), (1, ["203.0.113.9:4711"], "203.0.113.9"),
    (1, ["[2001:db8::5]:443"], "2001:db8::5"), (1, ["[2001:db8::5]"], "2001:db8::5"),
    (1, ["2001:db8::5"], "2001:db8::5"), (1, ["::ffff:203.0.113.9"], "203.0.113.9"),
    (1, ["fe80::1%eth0"], "fe80::1"), (1, ["\t203.0.113.9 "], "203.0.113.9"),
  ])
  func `of a depth takes the entry that the outermost proxy wrote`(
    depth: Int, forwarded: [String], client: String
  ) throws {
    #expect(found(try policy([], .depth(depth, from: [])), "192.0.2.1", forwarded) == client)
  }

  @Test(arguments: [
    "unknown", "", " ", "_hidden", "203.0.113.9:", "203.0.113.9:x", "203.0.113.9:123456",
    "[203.0.113.9]", "[::1", "::1]", "[::1]x", "203.0.113.9;", "\"203.0.113.9\"", "for=203.0.113.9",
    "203.0.113.9, ", "1.2.3.4.5", "010.0.0.1", "2001:db8::5:443:1:2:3:4:5",
  ])
  func `refuses what it cannot read where it guards, and else keeps to the peer`(
    forwarded: String
  ) throws {
    let trust = NetworkPolicy.Trust.depth(1, from: [])
    #expect(found(try policy(["0.0.0.0/0"], trust), "192.0.2.1", [forwarded]) == refused)
    #expect(found(try policy([], trust), "192.0.2.1", [forwarded]) == "192.0.2.1")
  }

  @Test func `believes nobody who is no proxy of ours`() throws {
    let proxies = [try AddressRange("192.0.2.0/24")]
    for trust in [NetworkPolicy.Trust.depth(1, from: proxies), .proxies(proxies)] {
      let policy = try policy(["10.0.0.0/8"], trust)
      #expect(found(policy, "203.0.113.9", ["10.0.0.1"]) == refused)
      #expect(found(policy, "192.0.2.1", ["10.0.0.1"]) == "10.0.0.1")
      #expect(found(policy, "192.0.2.1", ["10.0.0.1, 203.0.113.9"]) == refused)
    }
  }

  @Test(arguments: [
    (["203.0.113.9"], "203.0.113.9"), (["203.0.113.9, 192.0.2.2"], "203.0.113.9"),
    (["10.0.0.1, 203.0.113.9, 192.0.2.2, 192.0.2.3"], "203.0.113.9"), ([], "192.0.2.1"),
    (["192.0.2.7, 192.0.2.2"], "192.0.2.7"), (["x, 192.0.2.2"], "192.0.2.2"),
    (["x, 203.0.113.9"], "203.0.113.9"),
  ])
  func `of known proxies takes the first from the right that is none`(
    forwarded: [String], client: String
  ) throws {
    let policy = try policy([], .proxies([try AddressRange("192.0.2.0/24")]))
    #expect(found(policy, "192.0.2.1", forwarded) == client)
  }

  @Test func `looks at a bounded number of entries`() throws {
    let policy = try policy(["0.0.0.0/0"], .proxies([try AddressRange("192.0.2.0/24")]))
    let many = Array(repeating: "192.0.2.1", count: 2_000).joined(separator: ",")
    #expect(found(policy, "192.0.2.1", ["203.0.113.9," + many]) == refused)
  }
}

@Suite struct `The network of the configuration` {
  @Test func `is read in all its forms`() throws {
    func network(_ text: String) -> NetworkPolicy? {
      loaded("network: {\(text)}").settings?.network
    }
    let tens = try AddressRange("10.0.0.0/8")
    #expect(network("allow: 10.0.0.0/8")?.allow == [tens])
    #expect(network("allow: [10.0.0.0/8, \"::1\"]")?.allow.count == 2)
    #expect(network("trusted_proxies: 2")?.trust == .depth(2, from: []))
    #expect(network("trusted_proxies: 10.0.0.0/8")?.trust == .proxies([tens]))
    #expect(network("trusted_proxies: [10.0.0.0/8]")?.trust == .proxies([tens]))
    #expect(
      network("trusted_proxies: {depth: 1, addresses: 10.0.0.0/8}")?.trust
        == .depth(1, from: [tens]))
    #expect(loaded("listen: 127.0.0.1:1").settings?.network == NetworkPolicy())
  }

  @Test(arguments: [
    ("allow: []", "network.allow is an empty list"), ("allow: [x]", "\"x\" is not an address"),
    ("allow: [10.1.0.0/8]", "has bits beyond its prefix; write 10.0.0.0/8"),
    ("allow: [10.0.0.0/8, 10.1.0.0/16]", "10.1.0.0/16 lies in 10.0.0.0/8 already"),
    ("trusted_proxies: 0", "is not a whole number from 1 to 32"),
    ("trusted_proxies: {depth: 40}", "is not a whole number from 1 to 32"),
    ("allowlist: 10.0.0.1", "unknown key \"allowlist\" in network; did you mean \"allow\"?"),
  ])
  func `is refused when it cannot hold`(text: String, problem: String) {
    let lines = loaded("network: {\(text)}").lines
    #expect(lines.count == 1)
    #expect(lines.first?.contains(problem) == true, "\(lines)")
  }

  @Test func `comes from the environment too, and wins there`() throws {
    let environment = [
      "IP_ALLOWLIST": "10.0.0.0/8, 192.0.2.1", "TRUST_PROXY_HEADERS": "true",
      "TRUSTED_PROXY_DEPTH": "2",
    ]
    let loaded = loaded("network: {allow: \"::1\"}", environment)
    #expect(loaded.settings?.network.allow.map(\.description) == ["10.0.0.0/8", "192.0.2.1"])
    #expect(loaded.settings?.network.trust == .depth(2, from: []))
    #expect(!loaded.notices.contains { $0.contains("NOT enforce") || $0.contains("come later") })
    #expect(lines(["IP_ALLOWLIST": "10.0.0.0/8,"]).count == 1)
    #expect(lines(["IP_ALLOWLIST": "10.0.0/8"]).count == 1)
  }

  private func lines(_ environment: [String: String]) -> [String] {
    loaded("listen: 127.0.0.1:1", environment).lines
  }

  @Test func `that lets strangers say where they come from is noticed`() {
    func notices(_ listen: String, _ trust: String) -> Int {
      loaded("listen: \(listen)\nnetwork: {trusted_proxies: \(trust)}", hasStoredKeys: true)
        .notices.count { $0.contains("can claim any address") }
    }
    #expect(notices("0.0.0.0:1", "1") == 1)
    #expect(notices("127.0.0.1:1", "1") == 0)
    #expect(notices("0.0.0.0:1", "{depth: 1, addresses: 10.0.0.2}") == 0)
    #expect(notices("0.0.0.0:1", "10.0.0.2") == 0)
  }

  @Test func `tells what changed of it`() throws {
    let before = try #require(loaded("network: {allow: 10.0.0.0/8}").settings)
    let after = try #require(loaded("network: {trusted_proxies: 1}").settings)
    #expect(
      after.diff(from: before) == [
        "network.allow changed from 10.0.0.0/8 to everybody",
        "network.trusted_proxies changed from none to 1",
      ])
  }
}
