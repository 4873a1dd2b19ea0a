import Testing

@testable import Gateway
@testable import Transport

@Suite struct `A deployment's road` {
  @Test func `shows the backend's certificate and trusts its authority in every request`() throws {
    let text = """
      backends:
        b:
          kind: azure
          api_key: k
          base_url: https://r.openai.azure.com
          ca_file: ca.pem
          client_certificate: c.pem
          client_key: k.pem
      """
    let loaded = loaded(text, files: ["/site/ca.pem": "a", "/site/c.pem": "c", "/site/k.pem": "k"])
    let settings = try #require(loaded.settings, "\(loaded.lines)")
    let deployment = Deployment(backend: settings.backends[0], model: "m")
    let requests = [
      deployment.request([], betas: [], client: [:], streams: false),
      deployment.request([], betas: [], client: [:], streams: true),
      try #require(deployment.passage(to: "/embeddings", [], client: [:])),
    ]
    for request in requests {
      #expect(request.caFile == "/site/ca.pem")
      #expect(request.clientCertificate?.path == "/site/c.pem")
      #expect(request.clientCertificate?.key == "/site/k.pem")
    }
  }
}
