import ControlPlane
import Glibc
import TestSupport
import Testing

@Suite("A listener with TLS")
struct TLSTests {
  /// Runs a command of the shell and gives what it wrote.
  private func shell(_ command: String) async throws -> String {
    try await OwnThread.run {
      guard let pipe = unsafe popen("{ \(command); } 2>&1", "r") else {
        throw HouseFailure(description: "no shell")
      }
      var output: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = unsafe fread(&buffer, 1, buffer.count, pipe)
        if count == 0 { break }
        output += buffer.prefix(count)
      }
      let status = unsafe pclose(pipe)
      let text = String(decoding: output, as: UTF8.self)
      guard status == 0 else { throw HouseFailure(description: "\(command): \(text)") }
      return text
    }
  }

  private func certify(_ scratch: ScratchDirectory) async throws {
    _ = try await shell(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1"
        + " -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
        + " -keyout \(scratch.path("key.pem")) -out \(scratch.path("cert.pem"))")
  }

  @Test(arguments: Way.all)
  func `serves whole replies and streams`(way: Way) async throws {
    let own = try ScratchDirectory()
    try await certify(own)
    let listen =
      "listen: {address: \"127.0.0.1:0\", tls_certificate: \(own.path("cert.pem")),"
      + " tls_key: \(own.path("key.pem"))}"
    try await House.live(in: HousePlan(root: [listen], overridesListen: false)) { house in
      let address = try #require(try house.picture.listening.first)
      #expect(address.hasPrefix("https://"))
      let curl =
        "curl -sS --max-time 20 --noproxy '*' --cacert \(own.path("cert.pem"))"
        + " -H 'x-api-key: \(House.key)' -H 'content-type: application/json'"
      for isStreamed in [false, true] {
        let reply = way.vendor.reply(.text("Hello over there"), isStreamed: isStreamed)
        house.upstream(way.vendor).enqueue(reply)
        let body = own.write(way.request(isStreamed: isStreamed), to: "body.json")
        let text = try await shell("\(curl) --data-binary @\(body) \(address)\(way.client.path)")
        #expect(text.contains("Hello"))
        #expect(!isStreamed || text.contains(way.client == .chat ? "[DONE]" : "message_stop"))
      }
      let stranger = curl.replacing(House.key, with: "nobody")
      let refused = try await shell(
        "\(stranger) -o /dev/null -w '%{http_code}' -d '{}' \(address)\(way.client.path)")
      #expect(refused == "401")
      try await house.settles()
    }
  }

  @Test func `does not speak in clear`() async throws {
    let own = try ScratchDirectory()
    try await certify(own)
    let listen =
      "listen: {address: \"127.0.0.1:0\", tls_certificate: \(own.path("cert.pem")),"
      + " tls_key: \(own.path("key.pem"))}"
    try await House.live(in: HousePlan(root: [listen], overridesListen: false)) { house in
      let client = try house.client()
      try await client.request("GET", "/health")
      await #expect(throws: (any Error).self) { try await client.head() }
    }
  }
}
