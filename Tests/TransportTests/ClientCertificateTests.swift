import TestSupport
import Testing
import Transport

@Suite("An upstream that wants to see a certificate")
struct ClientCertificateTests {
  @Test func `serves who shows the right one, and nobody else`() async throws {
    let scratch = try ScratchDirectory()
    let (own, trusted, strange) = try (TestCertificate(), TestCertificate(), TestCertificate())
    let server = try DemandingServer(own, trusting: trusted, in: scratch)
    defer { server.stop() }
    let right = (
      path: scratch.write(trusted.certificatePEM, to: "right.pem"),
      key: scratch.write(trusted.keyPEM, to: "right-key.pem")
    )
    let wrong = (
      path: scratch.write(strange.certificatePEM, to: "wrong.pem"),
      key: scratch.write(strange.keyPEM, to: "wrong-key.pem")
    )
    let mixed = (path: right.path, key: wrong.key)
    let calling = try Calling(.plain)
    func outcome(_ certificate: (path: String, key: String)?) async -> String {
      await calling.outcome(
        UpstreamRequest(
          method: "GET", url: "https://localhost:\(server.port)/",
          caFile: scratch.path("server.pem"), clientCertificate: certificate))
    }
    // Whoever showed one opens the door for nobody who comes after.
    for _ in 0..<2 {
      #expect(await outcome(right).hasPrefix("200 "))
      for certificate in [nil, wrong, mixed] {
        let answer = await outcome(certificate)
        #expect(!answer.hasPrefix("200"), "\(certificate.map(\.path) ?? "none"): \(answer)")
      }
    }
  }

  @Test func `cannot be asked with one that is not there`() async throws {
    let scratch = try ScratchDirectory()
    let own = try TestCertificate()
    let server = try DemandingServer(own, trusting: own, in: scratch)
    defer { server.stop() }
    let answer = try await Calling(.plain).outcome(
      UpstreamRequest(
        method: "GET", url: "https://localhost:\(server.port)/",
        caFile: scratch.path("server.pem"),
        clientCertificate: (scratch.path("nobody.pem"), scratch.path("nobody-key.pem"))))
    #expect(answer == "tls true")
  }
}
