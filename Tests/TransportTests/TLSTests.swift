import TestSupport
import Testing
import Transport

@Suite("TLS")
struct TLSTests {
  @Test func `carries requests to those who trust the certificate, and fails for others`()
    async throws
  {
    let certificate = try TestCertificate()
    let options = ServerOptions(
      tls: ServerOptions.TLS(
        certificatePEM: certificate.certificatePEM, keyPEM: certificate.keyPEM))
    let body = [UInt8](repeating: 0x61, count: 3 << 20)
    let serving = try Serving(options) { exchange in
      guard exchange.head.path == "/big" else {
        return exchange.say("\(exchange.head.isTLS) \(await exchange.bodyText())")
      }
      let read = try? await exchange.readBody(limit: 1 << 24, budget: ByteBudget(limit: 1 << 24))
      exchange.startStreaming(status: 200, fields: [:])
      for start in stride(from: 0, to: body.count, by: 100_000) {
        exchange.send(Array((read ?? [])[start..<min(start + 100_000, body.count)]))
        await exchange.waitUntilDrained(below: 200_000)
      }
      exchange.finish()
    }
    let url = "https://localhost:\(serving.server.boundPort)"
    let calling = try Calling(.plain)
    let client = calling.client
    let (small, big, distrusted) = try await certificate.withFile { path in
      let small = await calling.outcome(
        UpstreamRequest(url: url, body: Array("hi".utf8), caFile: path))
      let big = await calling.loop.value {
        let response = try? await client.send(
          UpstreamRequest(url: "\(url)/big", body: body, caFile: path))
        return (try? await response?.whole()) == body
      }
      return (small, big, await calling.outcome(UpstreamRequest(url: url)))
    }
    #expect(small == "200 true hi")
    #expect(big)
    #expect(distrusted == "tls true")
  }

  @Test func `says what is wrong with a certificate or its key`() throws {
    let one = try TestCertificate()
    let other = try TestCertificate()
    for (certificate, key) in [
      ("nonsense", one.keyPEM), (one.certificatePEM, "nonsense"),
      (one.certificatePEM, other.keyPEM),
    ] {
      let options = ServerOptions(
        tls: ServerOptions.TLS(certificatePEM: certificate, keyPEM: key))
      let failure = #expect(throws: TransportFailure.self) {
        _ = try Serving(options) { $0.say("") }
      }
      #expect(failure?.kind == .tls)
    }
  }

  @Test func `ends a handshake that takes too long, and talk that is none`() async throws {
    let certificate = try TestCertificate()
    let options = ServerOptions(
      tls: ServerOptions.TLS(
        certificatePEM: certificate.certificatePEM, keyPEM: certificate.keyPEM),
      headerTimeout: .milliseconds(200))
    let serving = try Serving(options) { $0.say("") }
    try await blocking {
      let silent = try serving.connect()
      #expect(silent.receiveAll().isEmpty)
      let plain = try serving.connect()
      plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(!String(decoding: plain.receiveAll(), as: UTF8.self).hasPrefix("HTTP"))
    }
    #expect(Patience.wait { serving.server.connectionCount == 0 })
  }
}
