import Dialects
import TestSupport
import Testing
import Transport

@testable import Gateway

struct `A backend in a cloud` {
  private static func backend(
    _ kind: Settings.Backend.Kind, url: String = "https://x.example", apiKey: String? = nil,
    token: String? = nil, _ write: (inout Settings.Backend.Cloud) -> Void = { _ in }
  ) -> Settings.Backend {
    var backend = Settings.Backend(
      name: "b", kind: kind, baseURL: url, apiKey: apiKey.map { Secret($0) },
      authToken: token.map { Secret($0) })
    write(&backend.cloud)
    return backend
  }

  static let fixed: [(Settings.Backend, String, String)] = [
    (backend(.azure, apiKey: "k"), "api-key", "k"),
    (backend(.azure, apiKey: "k", token: "t"), "authorization", "Bearer t"),
    (backend(.vertex, apiKey: "k"), "x-goog-api-key", "k"),
    (backend(.vertex, token: "t") { $0.credentialsFile = "/x" }, "authorization", "Bearer t"),
    (backend(.bedrock, apiKey: "k") { $0.region = "r" }, "authorization", "Bearer k"),
    (
      backend(.bedrock, url: "https://bedrock-runtime.eu-west-1.amazonaws.com", token: "t"),
      "authorization", "Bearer t"
    ),
  ]

  @Test(arguments: fixed)
  func `shows the credential that was written`(
    backend: Settings.Backend, field: String, value: String
  ) async throws {
    let trial = try CredentialTrial()
    let source = CredentialSource.cloud(backend, in: trial.surroundings())
    #expect(try await trial.authorized(by: source).fields.first(field) == value)
  }

  @Test func `signs with the keys that were written, before an API key that was found`()
    async throws
  {
    let trial = try CredentialTrial()
    let backend = Self.backend(.bedrock, apiKey: "found") { cloud in
      (cloud.region, cloud.accessKeyID) = ("eu-west-1", "AK")
      cloud.secretAccessKey = Secret("secret")
    }
    let request = try await trial.authorized(by: .cloud(backend, in: trial.surroundings()))
    #expect(try request.signer(secret: "secret") == "AK")
  }

  @Test func `asks for a token where one has to be asked for`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream(rule: { _ in
      .json(#"{"access_token":"t","expires_in":3600}"#, headers: [("metadata-flavor", "Google")])
    })
    let around = trial.surroundings(upstream: upstream)
    let backends: [(Settings.Backend, String)] = [
      (
        Self.backend(.azure) { cloud in
          (cloud.tenantID, cloud.clientID, cloud.clientSecret) = ("te", "c", Secret("s"))
        }, "/te/oauth2/v2.0/token"
      ),
      (Self.backend(.azure) { $0.clientID = "c" }, "/metadata/identity/oauth2/token"),
      (Self.backend(.azure), "/metadata/identity/oauth2/token"),
      (
        Self.backend(.vertex), "/computeMetadata/v1/instance/service-accounts/default/token"
      ),
    ]
    for (index, (backend, path)) in backends.enumerated() {
      let source = CredentialSource.cloud(backend, in: around)
      #expect(try await trial.authorization(by: source) == "Bearer t")
      #expect(try await upstream.request(index + 1).path == path)
    }
    let lost = Self.backend(.vertex) { $0.credentialsFile = "/nowhere.json" }
    let failure = await trial.refusal(by: .cloud(lost, in: around))
    #expect(failure?.message.contains("/nowhere.json is not there") == true)
  }

  @Test func `is the only one that needs a source`() throws {
    let trial = try CredentialTrial()
    for kind in [Settings.Backend.Kind.openai, .anthropic, .gemini, .demo, .bedrock] {
      #expect(CredentialSource.cloud(Self.backend(kind), in: trial.surroundings()) == nil)
    }
  }

  @Test(arguments: [
    ("https://bedrock-runtime.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
    ("https://bedrock-runtime-fips.us-east-1.amazonaws.com/x", "us-east-1"),
    ("https://bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"),
    ("https://proxy.example.com", nil), ("https://bedrock-runtime.amazonaws.com", nil), ("", nil),
  ])
  func `of Amazon's has its region in its address`(url: String, region: String?) {
    #expect(AmazonSettings.region(inHostOf: url) == region)
  }
}
