import Dialects
import TestSupport
import Testing
import Transport

@testable import Gateway

struct `Google's credentials` {
  private static func key(_ tokenURL: String, key: String = ThrowawayKey.pem) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("type", word: "service_account")
      writer.member("project_id", word: "my-project")
      writer.member("private_key_id", word: "kid-1")
      writer.member("private_key", key)
      writer.member("client_email", word: "me@my-project.iam.gserviceaccount.com")
      writer.member("token_uri", tokenURL)
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static let token = ScriptedAnswer.json(
    #"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#)

  private static func json(_ part: Substring) throws -> JSONValue {
    try JSONDocument(try #require(Base64.decode(Array(part.utf8)[...]))).root
  }

  @Test(arguments: [true, false])
  func `of a service account are asked for with its signature`(isInFile: Bool) async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([Self.token])
    let url = upstream.baseURL + "/token"
    trial.write(Self.key(url), to: "/home/me/key.json")
    let source = CredentialSource.google(
      .keyFile(isInFile ? "~/key.json" : "\n " + Self.key(url)), backend: "vertex",
      in: trial.surroundings())
    #expect(try await trial.authorization(by: source) == "Bearer ya29.x")
    let asked = try await upstream.request(1)
    #expect(asked.form("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer")
    let parts = try #require(asked.form("assertion")).split(separator: ".")
    #expect(parts.count == 3)
    let (header, claims) = (try Self.json(parts[0]), try Self.json(parts[1]))
    #expect(header["alg"]?.string == "RS256" && header["kid"]?.string == "kid-1")
    #expect(claims["iss"]?.string == "me@my-project.iam.gserviceaccount.com")
    #expect(claims["aud"]?.string == url)
    #expect(claims["scope"]?.string == "https://www.googleapis.com/auth/cloud-platform")
    #expect(claims["iat"]?.integer == Int(CredentialTrial.begin))
    #expect(claims["exp"]?.integer == Int(CredentialTrial.begin) + 3600)
    let signature = try RS256.sign(
      Array("\(parts[0]).\(parts[1])".utf8), keyPEM: ThrowawayKey.pem)
    #expect(Base64.urlText(signature) == parts[2])
  }

  @Test func `of a person are renewed, on the person's quota`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([Self.token])
    trial.write(
      #"{"type":"authorized_user","client_id":"id","client_secret":"cs","refresh_token":"1//r","#
        + #""quota_project_id":"quota"}"#,
      to: "/home/me/.config/gcloud/application_default_credentials.json")
    let source = CredentialSource.google(
      .applicationDefault, backend: "vertex", in: trial.surroundings(upstream: upstream))
    let request = try await trial.authorized(by: source)
    #expect(request.fields.first("authorization") == "Bearer ya29.x")
    #expect(request.fields.first("x-goog-user-project") == "quota")
    let asked = try await upstream.request(1)
    #expect(asked.target == "/google" && asked.form("grant_type") == "refresh_token")
    #expect(asked.form("refresh_token") == "1//r" && asked.form("client_secret") == "cs")
  }

  @Test func `of the environment's file come before gcloud's`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([Self.token])
    trial.write(Self.key(upstream.baseURL), to: "/key.json")
    trial.write("broken", to: "/home/me/.config/gcloud/application_default_credentials.json")
    let around = trial.surroundings(["GOOGLE_APPLICATION_CREDENTIALS": "/key.json"])
    let source = CredentialSource.google(.applicationDefault, backend: "vertex", in: around)
    #expect(try await trial.authorization(by: source) == "Bearer ya29.x")
    #expect(GoogleCredential.applicationDefault.project(in: around) == "my-project")
  }

  @Test func `of a machine come from its metadata server`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      Self.token.header("metadata-flavor", "Google"), Self.token,
    ])
    let host = String(upstream.baseURL.dropFirst("http://".count))
    for surroundings in [
      trial.surroundings(upstream: upstream), trial.surroundings(["GCE_METADATA_HOST": host]),
    ] {
      let source = CredentialSource.google(
        .applicationDefault, backend: "vertex", in: surroundings)
      if upstream.requests.isEmpty {
        #expect(try await trial.authorization(by: source) == "Bearer ya29.x")
      } else {
        let failure = await trial.refusal(by: source)
        #expect(failure?.message.contains("is not Google's metadata server") == true)
      }
    }
    for asked in upstream.requests {
      #expect(asked.header("metadata-flavor") == "Google")
      #expect(asked.path == "/computeMetadata/v1/instance/service-accounts/default/token")
    }
  }

  static let unusable: [(String, String)] = [
    ("", "is not there"), ("{", "is not JSON"), ("{}", "of the type nothing"),
    (#"{"type":"impersonated_service_account"}"#, "stands for another account"),
    (#"{"type":"external_account"}"#, "federated identity"),
    (#"{"type":"gdch_service_account"}"#, "gdch_service_account"),
    (#"{"type":"service_account","client_email":"a"}"#, "client_email and private_key"),
    (#"{"type":"authorized_user","client_id":"a"}"#, "refresh_token"),
    (key("http://127.0.0.1:1", key: "no key"), "cannot sign: it is no unencrypted private key"),
    (key("http://tokens.example"), "without encryption"),
  ]

  @Test(arguments: unusable)
  func `of a file that cannot be used are explained`(text: String, word: String) async throws {
    let trial = try CredentialTrial()
    if !text.isEmpty { trial.write(text, to: "/key.json") }
    let source = CredentialSource.google(
      .keyFile("/key.json"), backend: "vertex", in: trial.surroundings())
    let failure = await trial.refusal(by: source)
    #expect(failure?.kind == .authentication)
    #expect(failure?.message.contains(word) == true, "\(failure?.message ?? "")")
  }

  @Test func `that were revoked are told without a secret`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      .json(#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#, status: 400)
    ])
    let source = CredentialSource.google(
      .keyFile(Self.key(upstream.baseURL)), backend: "vertex", in: trial.surroundings())
    let message = await trial.refusal(by: source)?.message ?? ""
    #expect(message.contains("answered 400 (invalid_grant: Invalid JWT Signature.)"))
    #expect(message.contains("me@my-project.iam.gserviceaccount.com was not revoked"))
    #expect(!message.contains("MIIC"))
  }

  @Test func `that are nowhere are explained, and their project is looked for`() async throws {
    let trial = try CredentialTrial()
    let around = trial.surroundings()
    let source = CredentialSource.google(.applicationDefault, backend: "vertex", in: around)
    let failure = await trial.refusal(by: source)
    #expect(failure?.message.contains("no Google credentials were found") == true)
    #expect(GoogleCredential.applicationDefault.project(in: around) == nil)
    #expect(GoogleCredential.keyFile(Self.key("https://x")).project(in: around) == "my-project")
    let said = trial.surroundings(["GOOGLE_CLOUD_PROJECT": "said"])
    #expect(GoogleCredential.keyFile(Self.key("https://x")).project(in: said) == "said")
  }
}

struct `Azure's credentials` {
  private static let token = ScriptedAnswer.json(
    #"{"access_token":"eyJ","expires_in":"3599","expires_on":"1740790797"}"#)

  @Test func `of an application are asked for with its secret`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([Self.token])
    let source = CredentialSource.azure(
      .application(tenant: "te/nant", client: "client", secret: Secret("s&t")), backend: "az",
      in: trial.surroundings(upstream: upstream))
    #expect(try await trial.authorization(by: source) == "Bearer eyJ")
    let asked = try await upstream.request(1)
    #expect(asked.target == "/te%2Fnant/oauth2/v2.0/token")
    #expect(asked.header("content-type") == "application/x-www-form-urlencoded")
    #expect(asked.form("client_secret") == "s&t" && asked.form("client_id") == "client")
    #expect(asked.form("scope") == "https://cognitiveservices.azure.com/.default")
    #expect(asked.form("grant_type") == "client_credentials")
  }

  @Test func `of a pod are asked for with its token`() async throws {
    let trial = try CredentialTrial()
    trial.write("pod-token\n", to: "/token")
    let upstream = try ScriptedUpstream([Self.token])
    let environment = [
      "AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client",
      "AZURE_FEDERATED_TOKEN_FILE": "/token", "AZURE_AUTHORITY_HOST": upstream.baseURL + "/login/",
    ]
    let source = CredentialSource.azure(
      .surroundings, resource: "https://ai.azure.com", backend: "az",
      in: trial.surroundings(environment))
    #expect(try await trial.authorization(by: source) == "Bearer eyJ")
    let asked = try await upstream.request(1)
    #expect(asked.target == "/login/tenant/oauth2/v2.0/token")
    #expect(asked.form("client_assertion") == "pod-token")
    #expect(asked.form("scope") == "https://ai.azure.com/.default")
  }

  @Test func `of a machine come from its metadata service`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream(rule: { _ in Self.token })
    var source = CredentialSource.azure(
      .managedIdentity(client: "mine"), backend: "az", in: trial.surroundings(upstream: upstream))
    #expect(try await trial.authorization(by: source) == "Bearer eyJ")
    var asked = try await upstream.request(1)
    #expect(asked.header("metadata") == "true")
    #expect(
      asked.target == "/metadata/identity/oauth2/token?resource="
        + "https%3A%2F%2Fcognitiveservices.azure.com&client_id=mine&api-version=2018-02-01")
    source = .azure(
      .surroundings, backend: "az",
      in: trial.surroundings([
        "IDENTITY_ENDPOINT": upstream.baseURL + "/msi/token", "IDENTITY_HEADER": "head",
      ]))
    #expect(try await trial.authorization(by: source) == "Bearer eyJ")
    asked = try await upstream.request(2)
    #expect(asked.path == "/msi/token" && asked.header("x-identity-header") == "head")
    #expect(asked.target.hasSuffix("&api-version=2019-08-01"))
  }

  @Test func `that are nowhere are explained`() async throws {
    let trial = try CredentialTrial()
    let source = CredentialSource.azure(.surroundings, backend: "az", in: trial.surroundings())
    let failure = await trial.refusal(by: source)
    #expect(failure?.message.contains("no Azure credentials were found") == true)
    let upstream = try ScriptedUpstream([
      .json(#"{"error":"invalid_request","error_description":"Identity not found"}"#, status: 400)
    ])
    let bare = CredentialSource.azure(
      .surroundings, backend: "az", in: trial.surroundings(upstream: upstream))
    #expect(await trial.refusal(by: bare)?.message.contains("Identity not found") == true)
  }
}
