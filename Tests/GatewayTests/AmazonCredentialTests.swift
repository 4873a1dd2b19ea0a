import Dialects
import TestSupport
import Testing
import Transport

@testable import Gateway

struct `Amazon's credentials` {
  private static let keys = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "env-secret"]
  private static let instance =
    #"{"Code":"Success","AccessKeyId":"AKROLE","SecretAccessKey":"role-secret","#
    + #""Token":"role-token","Expiration":"2025-03-01T05:59:58Z"}"#

  private static func source(
    _ settings: AmazonSettings, _ surroundings: CredentialSurroundings
  ) -> CredentialSource? {
    .amazon(settings, backend: "rock", in: surroundings)
  }

  private static func profiles(_ trial: CredentialTrial) {
    trial.write(
      """
      [default]
      region = eu-central-1
      s3 =
        aws_access_key_id = NESTED
      # [profile commented]
      [profile work]
      region=ap-south-1
      aws_access_key_id = AKCONFIG
      aws_secret_access_key = config-secret
      [unprefixed]
      aws_access_key_id = AKNOT
      [profile role]
      role_arn = arn:aws:iam::1:role/r
      source_profile = work
      external_id = ext
      [profile own]
      role_arn = arn:aws:iam::1:role/own
      source_profile = own
      aws_access_key_id = AKOWN
      aws_secret_access_key = own-secret
      [profile round]
      role_arn = arn:aws:iam::1:role/a
      source_profile = about
      [profile about]
      role_arn = arn:aws:iam::1:role/b
      source_profile = round
      [profile process]
      credential_process = /bin/false
      [profile sso]
      sso_session = corp
      [profile mfa]
      role_arn = arn:aws:iam::1:role/r
      source_profile = work
      mfa_serial = arn
      [profile orphan]
      role_arn = arn:aws:iam::1:role/r
      [profile lost]
      role_arn = arn:aws:iam::1:role/r
      source_profile = nowhere
      [profile half]
      aws_access_key_id = AKHALF
      [profile web]
      role_arn = arn:aws:iam::1:role/web
      web_identity_token_file = ~/token
      [profile empty]
      region = us-east-1
      """, to: "/home/me/.aws/config")
    trial.write(
      """
      [default]
      aws_access_key_id = AKFILE
      aws_secret_access_key = file-secret
      aws_session_token = file-token
      [unprefixed]
      aws_access_key_id = AKPLAIN
      aws_secret_access_key = plain-secret
      """, to: "/home/me/.aws/credentials")
  }

  private static func lent(_ key: String, _ secret: String) -> ScriptedAnswer {
    ScriptedAnswer(
      headers: [("content-type", "text/xml")], framing: .length,
      steps: [
        .bytes(
          Array(
            """
            <AssumeRoleResponse><AssumeRoleResult><Credentials>
            <AccessKeyId>\(key)</AccessKeyId><SecretAccessKey>\(secret)&amp;</SecretAccessKey>
            <SessionToken>lent-token</SessionToken><Expiration>2025-03-01T00:59:58Z</Expiration>
            </Credentials></AssumeRoleResult></AssumeRoleResponse>
            """.utf8))
      ])
  }

  @Test func `of the settings come first`() async throws {
    let trial = try CredentialTrial()
    Self.profiles(trial)
    let given = AmazonSettings(
      accessKeyID: "AKSET", secretAccessKey: Secret("set-secret"), sessionToken: Secret("t"),
      region: "eu-west-3")
    let request = try await trial.authorized(
      by: Self.source(given, trial.surroundings(Self.keys)))
    #expect(try request.signer(secret: "set-secret") == "AKSET")
    #expect(request.fields.first("x-amz-security-token") == "t")
    #expect(request.fields.first("authorization")?.contains("/eu-west-3/bedrock/") == true)
    let named = try await trial.authorized(
      by: Self.source(AmazonSettings(profile: "work"), trial.surroundings(Self.keys)))
    #expect(try named.signer(secret: "config-secret") == "AKCONFIG")
    #expect(named.fields.first("authorization")?.contains("/ap-south-1/") == true)
    let bearer = AmazonSettings(bearerToken: Secret("b"), region: "eu-west-3")
    #expect(
      try await trial.authorization(by: Self.source(bearer, trial.surroundings(Self.keys)))
        == "Bearer b")
  }

  @Test func `of the environment come next`() async throws {
    let trial = try CredentialTrial()
    Self.profiles(trial)
    var environment = Self.keys
    environment["AWS_SESSION_TOKEN"] = "env-token"
    var request = try await trial.authorized(
      by: Self.source(AmazonSettings(), trial.surroundings(environment)))
    #expect(try request.signer(secret: "env-secret") == "AKENV")
    #expect(request.fields.first("x-amz-security-token") == "env-token")
    #expect(request.fields.first("authorization")?.contains("/eu-central-1/") == true)
    environment["AWS_BEARER_TOKEN_BEDROCK"] = "api-key"
    request = try await trial.authorized(
      by: Self.source(AmazonSettings(), trial.surroundings(environment)))
    #expect(request.fields.first("authorization") == "Bearer api-key")
  }

  @Test(arguments: [
    ([:], "AKFILE", "file-secret"), (["AWS_PROFILE": "work"], "AKCONFIG", "config-secret"),
    (["AWS_PROFILE": "unprefixed"], "AKPLAIN", "plain-secret"),
  ])
  func `of a profile are found in both files`(
    environment: [String: String], key: String, secret: String
  ) async throws {
    let trial = try CredentialTrial()
    Self.profiles(trial)
    let request = try await trial.authorized(
      by: Self.source(AmazonSettings(region: "us-west-2"), trial.surroundings(environment)))
    #expect(try request.signer(secret: secret) == key)
  }

  @Test func `of a file are read again`() async throws {
    let trial = try CredentialTrial()
    Self.profiles(trial)
    let source = Self.source(AmazonSettings(), trial.surroundings())
    #expect(try await trial.authorized(by: source).signer(secret: "file-secret") == "AKFILE")
    trial.write(
      "[default]\naws_access_key_id=AKNEW\naws_secret_access_key=new-secret\n",
      to: "/home/me/.aws/credentials")
    #expect(try await trial.authorized(by: source).signer(secret: "file-secret") == "AKFILE")
    trial.pass(seconds: 300)
    try await trial.authorized(by: source) { request in
      (try? request.signer(secret: "new-secret")) == "AKNEW"
    }
  }

  @Test(arguments: [
    ("nobody", "there is no AWS profile nobody"), ("process", "credential_process"),
    ("process", "aws configure export-credentials --profile process"), ("sso", "sso_session"),
    ("mfa", "second factor"), ("orphan", "nobody who takes it on"),
    ("lost", "there is no AWS profile nowhere"), ("round", "without end"),
    ("half", "only one half"), ("empty", "has no credentials"), ("web", "/home/me/token"),
  ])
  func `of a profile that cannot be used are not replaced by others`(
    profile: String, word: String
  ) async throws {
    let trial = try CredentialTrial()
    Self.profiles(trial)
    for (settings, environment) in [
      (AmazonSettings(profile: profile, region: "r"), Self.keys),
      (AmazonSettings(region: "r"), ["AWS_PROFILE": profile]),
    ] {
      let failure = await trial.refusal(
        by: Self.source(settings, trial.surroundings(environment)))
      #expect(failure?.message.contains(word) == true, "\(failure?.message ?? "")")
      #expect(failure?.message.contains("-secret") == false)
    }
  }

  @Test func `of a role are lent for the keys of another profile`() async throws {
    let trial = try CredentialTrial()
    Self.profiles(trial)
    let upstream = try ScriptedUpstream([Self.lent("AKLENT", "lent"), Self.lent("AKTWO", "two")])
    let surroundings = trial.surroundings(upstream: upstream)
    let source = Self.source(AmazonSettings(profile: "role", region: "eu-west-1"), surroundings)
    let request = try await trial.authorized(by: source)
    #expect(try request.signer(secret: "lent&") == "AKLENT")
    #expect(request.fields.first("x-amz-security-token") == "lent-token")
    let asked = try await upstream.request(1)
    #expect(asked.target == "/sts" && asked.form("Action") == "AssumeRole")
    #expect(asked.form("RoleArn") == "arn:aws:iam::1:role/r" && asked.form("ExternalId") == "ext")
    let authorization = asked.header("authorization") ?? ""
    #expect(authorization.contains("Credential=AKCONFIG/20250228/eu-west-1/sts/"))
    let own = Self.source(AmazonSettings(profile: "own", region: "r"), surroundings)
    #expect(try await trial.authorized(by: own).signer(secret: "two&") == "AKTWO")
    #expect(try await upstream.request(2).header("authorization")?.contains("AKOWN") == true)
  }

  @Test func `of a pod are lent for its token`() async throws {
    let trial = try CredentialTrial()
    trial.write("pod-token\n", to: "/var/token")
    let upstream = try ScriptedUpstream([
      Self.lent("AKPOD", "pod"),
      .json("<Error><Code>AccessDenied</Code><Message>Not you</Message></Error>", status: 403),
    ])
    let environment = [
      "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod",
      "AWS_ROLE_SESSION_NAME": "me",
    ]
    let source = Self.source(
      .init(region: "r"), trial.surroundings(environment, upstream: upstream))
    #expect(try await trial.authorized(by: source).signer(secret: "pod&") == "AKPOD")
    let asked = try await upstream.request(1)
    #expect(asked.form("Action") == "AssumeRoleWithWebIdentity")
    #expect(asked.form("WebIdentityToken") == "pod-token" && asked.form("RoleSessionName") == "me")
    #expect(asked.header("authorization") == nil)
    trial.pass(seconds: 3600)
    let failure = await trial.refusal(by: source)
    #expect(
      failure?.message.contains("403 to AssumeRoleWithWebIdentity (AccessDenied: Not you)") == true)
    #expect(failure?.message.contains("pod-token") == false)
  }

  @Test(arguments: [
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/creds?id=1"],
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "BASE/creds?id=1"],
  ])
  func `of a container come from its agent`(variables: [String: String]) async throws {
    let trial = try CredentialTrial()
    trial.write("Basic file\n", to: "/token")
    let upstream = try ScriptedUpstream(rule: { _ in .json(Self.instance) })
    var environment = variables.mapValues { $0.replacing("BASE", with: upstream.baseURL) }
    environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic word"
    var source = Self.source(
      .init(region: "r"), trial.surroundings(environment, upstream: upstream))
    #expect(try await trial.authorized(by: source).signer(secret: "role-secret") == "AKROLE")
    #expect(upstream.requests.last?.target == "/creds?id=1")
    #expect(upstream.requests.last?.header("authorization") == "Basic word")
    environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token"
    source = Self.source(.init(region: "r"), trial.surroundings(environment, upstream: upstream))
    _ = try await trial.authorized(by: source)
    #expect(upstream.requests.last?.header("authorization") == "Basic file")
  }

  @Test(arguments: [
    "http://example.com/creds", "http://169.254.169.254/creds", "http://10.0.0.1/x", "file:///x",
    "x",
  ])
  func `of a container are not fetched from afar in clear`(url: String) async throws {
    let trial = try CredentialTrial()
    let source = Self.source(
      .init(region: "r"), trial.surroundings(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]))
    let failure = await trial.refusal(by: source)
    #expect(failure?.message.contains("leads away from this machine") == true)
  }

  @Test func `of an instance are asked for with a token`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream { request in
      switch (request.method, request.path) {
      case ("PUT", "/latest/api/token"): .json("meta-token")
      case ("GET", "/latest/meta-data/iam/security-credentials/"): .json("my role\n")
      default: .json(Self.instance)
      }
    }
    let source = Self.source(.init(region: "r"), trial.surroundings(upstream: upstream))
    let request = try await trial.authorized(by: source)
    #expect(try request.signer(secret: "role-secret") == "AKROLE")
    #expect(request.fields.first("x-amz-security-token") == "role-token")
    let asked = upstream.requests
    #expect(asked[0].header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
    #expect(asked.dropFirst().allSatisfy { $0.header("x-aws-ec2-metadata-token") == "meta-token" })
    #expect(asked.last?.path == "/latest/meta-data/iam/security-credentials/my%20role")
    trial.pass(seconds: 6 * 3600)
    _ = try await trial.authorized(by: source)
    #expect(upstream.requests.count == 6)
  }

  @Test func `of an instance may be missing`() async throws {
    let trial = try CredentialTrial()
    let upstream = try ScriptedUpstream([
      .json("meta-token"), .json("", status: 404),
      .json("meta-token"), .json("role"), .json(#"{"Code":"Failed","Message":"no trust"}"#),
      .json("", status: 403),
    ])
    let source = Self.source(.init(region: "r"), trial.surroundings(upstream: upstream))
    for word in ["no role", "(Failed: no trust)", "answered 403"] {
      let failure = await trial.refusal(by: source)
      #expect(failure?.message.contains(word) == true, "\(failure?.message ?? "")")
      trial.pass(seconds: 5)
    }
  }

  @Test func `that are nowhere are explained`() async throws {
    let trial = try CredentialTrial()
    var failure = await trial.refusal(by: Self.source(.init(region: "r"), trial.surroundings()))
    #expect(failure?.message.contains("no AWS credentials were found, and the instance's") == true)
    let disabled = trial.surroundings(["AWS_EC2_METADATA_DISABLED": "true"])
    failure = await trial.refusal(by: Self.source(.init(region: "r"), disabled))
    #expect(failure?.message.contains("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") == true)
    #expect(Self.source(.init(), trial.surroundings()) == nil)
    let half = trial.surroundings(["AWS_SECRET_ACCESS_KEY": "only"])
    failure = await trial.refusal(by: Self.source(.init(region: "r"), half))
    #expect(failure?.message.contains("the environment has only one half") == true)
  }

  @Test func `are for the first region that is said`() throws {
    let trial = try CredentialTrial()
    Self.profiles(trial)
    func region(_ settings: AmazonSettings, _ environment: [String: String]) -> String? {
      settings.region(in: trial.surroundings(environment))
    }
    let both = ["AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"]
    #expect(region(AmazonSettings(region: "s"), both) == "s")
    #expect(region(AmazonSettings(), both) == "a")
    #expect(region(AmazonSettings(), ["AWS_DEFAULT_REGION": "b"]) == "b")
    #expect(region(AmazonSettings(), [:]) == "eu-central-1")
    #expect(region(AmazonSettings(), ["AWS_PROFILE": "work"]) == "ap-south-1")
    #expect(region(AmazonSettings(profile: "role"), [:]) == nil)
  }
}
