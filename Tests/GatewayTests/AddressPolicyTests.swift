import Testing
import Transport

@testable import Gateway

@Suite struct `An address policy` {
  @Test(arguments: [
    ("8.8.8.8", AddressClass.public), ("2606:4700::1111", .public), ("127.0.0.1", .loopback),
    ("127.255.255.254", .loopback), ("::1", .loopback), ("::ffff:127.0.0.1", .loopback),
    ("::127.0.0.1", .loopback), ("10.0.0.1", .private), ("172.16.0.1", .private),
    ("172.31.255.255", .private), ("172.32.0.1", .public), ("192.168.1.1", .private),
    ("100.64.0.1", .private), ("100.127.255.255", .private), ("100.128.0.1", .public),
    ("fd12::1", .private), ("fec0::1", .private), ("169.254.1.1", .linkLocal),
    ("fe80::1", .linkLocal), ("169.254.169.254", .metadata), ("::ffff:a9fe:a9fe", .metadata),
    ("169.254.170.2", .metadata), ("100.100.100.200", .metadata), ("168.63.129.16", .metadata),
    ("fd00:ec2::254", .metadata), ("2002:7f00:1::", .loopback), ("2002:a9fe:a9fe::1", .metadata),
    ("2002:808:808::", .public), ("64:ff9b::7f00:1", .loopback), ("64:ff9b::a9fe:a9fe", .metadata),
    ("64:ff9b::8.8.8.8", .public), ("64:ff9b:1::808:808", .private), ("0.0.0.0", .reserved),
    ("0.1.2.3", .reserved), ("::", .reserved), ("255.255.255.255", .reserved),
    ("224.0.0.1", .reserved), ("ff02::1", .reserved), ("192.0.2.1", .reserved),
    ("198.18.0.1", .reserved), ("2001:db8::1", .reserved), ("100::1", .reserved),
    ("2001::1", .reserved), ("192.88.99.1", .reserved), ("240.0.0.1", .reserved),
  ])
  func `knows what each address is for`(text: String, kind: AddressClass) throws {
    #expect(AddressClass(of: try #require(NetworkAddress(text))) == kind)
  }

  @Test(arguments: [
    "127.0.0.1", "127.1", "0x7f.1", "2130706433", "localhost", "LOCALHOST.", "a.localhost",
    "[::1]", "::1", "10.1.2.3", "vault.internal", "printer.local", "169.254.169.254", "2852039166",
    "metadata", "metadata.google.internal", "Metadata.Google.Internal.", "", ".", "::zz", "0",
  ])
  func `of the public network refuses what is not on it`(host: String) {
    #expect(AddressPolicy.publicOnly.refusal(ofHost: host) != nil)
  }

  @Test(arguments: ["example.com", "8.8.8.8", "[2606:4700::1111]", "internal.example.com", "a.b"])
  func `of the public network takes what is on it`(host: String) {
    #expect(AddressPolicy.publicOnly.refusal(ofHost: host) == nil)
  }

  @Test func `that allows this machine allows nothing else`() {
    let policy = AddressPolicy(allowsLoopback: true)
    #expect(policy.refusal(ofHost: "localhost") == nil)
    #expect(policy.refusal(ofHost: "127.0.0.1") == nil)
    #expect(policy.refusal(ofHost: "10.0.0.1") != nil)
    #expect(policy.refusal(ofHost: "169.254.169.254") != nil)
  }

  @Test(arguments: ["169.254.169.254", "metadata.google.internal", "[fd00:ec2::254]", "0xa9fea9fe"])
  func `never leads to the secrets of a cloud`(host: String) {
    #expect(AddressPolicy.noMetadata.refusal(ofHost: host)?.contains("cloud") == true)
    #expect(AddressPolicy.noMetadata.refusal(ofHost: "192.168.1.5") == nil)
    #expect(AddressPolicy.noMetadata.refusal(ofHost: "localhost") == nil)
  }

  @Test func `is asked again about each address that a name led to`() {
    #expect(!AddressPolicy.publicOnly.mayConnect(to: "10.0.0.1"))
    #expect(!AddressPolicy.publicOnly.mayConnect(to: "fe80::1%eth0"))
    #expect(!AddressPolicy.publicOnly.mayConnect(to: "rubbish"))
    #expect(AddressPolicy.publicOnly.mayConnect(to: "1.1.1.1"))
  }

  @Test(arguments: [
    "http://169.254.169.254", "https://metadata.google.internal/v1", "http://[fd00:ec2::254]",
    "http://0xa9fea9fe",
  ])
  func `keeps backends away from the secrets of a cloud`(url: String) {
    let yaml = "backends: {x: {kind: openai, api_key: k, big_model: b, base_url: \"\(url)\"}}"
    let lines = loaded(yaml).lines
    #expect(lines.count == 1)
    #expect(lines.first?.contains("secrets") == true, "\(lines)")
  }
}
