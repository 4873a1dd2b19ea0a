package import Dialects

extension Settings {
  /// One place that serves models, and how to speak to it.
  package struct Backend: Sendable, Equatable {
    package var name: String
    package var kind: Kind
    /// Which of its languages is spoken, where the kind has several; nil lets the model decide.
    package var format: Format?
    /// Where in a cloud it stands, and who we are there.
    package var cloud = Cloud()
    /// Where its paths begin, version included and without a trailing slash.
    ///
    /// Append `/chat/completions`, `/messages`, `/models`. Empty for the demo backend; for Azure
    /// and Bedrock the host alone.
    package var baseURL: String
    package var apiKey: Secret?
    /// Sent as `Authorization: Bearer` to an Anthropic backend instead of `x-api-key`.
    package var authToken: Secret?
    package var extraHeaders: [Header]
    /// What a name of the sonnet, opus or fable family becomes when no rule says so.
    package var bigModel: String?
    /// What a name of the haiku family becomes when no rule says so.
    package var smallModel: String?
    /// Names it is known to serve, for the list of models; empty when unknown.
    package var models: [String]
    package var omitStreamOptions: Bool
    /// Whether the client's own credential goes upstream in place of ours.
    package var forwardClientAuthorization: Bool
    package var connectTimeout: Duration
    package var firstByteTimeout: Duration
    /// Silence in the middle of a reply.
    package var idleTimeout: Duration
    /// The whole attempt, stream included; nil for no bound.
    package var totalTimeout: Duration?
    package var retries: Int
    /// Hidden because a proxy's URL may carry its password.
    package var proxy: Secret?
    package var caFile: String?
    package var clientCertificate: String?
    package var clientKey: String?
    /// The provider table's row it was made from.
    package var preset: String?
    package var quirks: Set<Target.Quirk>
    /// What it does with Anthropic's betas where it differs from the table inside, by their
    /// lower-case names.
    package var betas: [String: BetaTreatment] = [:]
    package var duty = Duty.serving
    /// What the configuration says of it, before operators changed it.
    package var writtenDuty = Duty.serving
    package var circuit = Circuit()
    /// Nil where nobody looks.
    package var healthCheck: HealthCheck?

    package init(
      name: String, kind: Kind, baseURL: String, apiKey: Secret? = nil, authToken: Secret? = nil,
      extraHeaders: [Header] = [], bigModel: String? = nil, smallModel: String? = nil,
      models: [String] = [], omitStreamOptions: Bool = false,
      forwardClientAuthorization: Bool = false, connectTimeout: Duration = .seconds(10),
      firstByteTimeout: Duration = .seconds(300), idleTimeout: Duration = .seconds(120),
      totalTimeout: Duration? = nil, retries: Int = 2, proxy: Secret? = nil,
      caFile: String? = nil, clientCertificate: String? = nil, clientKey: String? = nil,
      preset: String? = nil, quirks: Set<Target.Quirk> = []
    ) {
      self.name = name
      self.kind = kind
      self.baseURL = baseURL
      self.apiKey = apiKey
      self.authToken = authToken
      self.extraHeaders = extraHeaders
      self.bigModel = bigModel
      self.smallModel = smallModel
      self.models = models
      self.omitStreamOptions = omitStreamOptions
      self.forwardClientAuthorization = forwardClientAuthorization
      self.connectTimeout = connectTimeout
      self.firstByteTimeout = firstByteTimeout
      self.idleTimeout = idleTimeout
      self.totalTimeout = totalTimeout
      self.retries = retries
      self.proxy = proxy
      self.caFile = caFile
      self.clientCertificate = clientCertificate
      self.clientKey = clientKey
      self.preset = preset
      self.quirks = quirks
    }

    /// The scripted model inside the process.
    package static let demo = Backend(name: "demo", kind: .demo, baseURL: "")
  }
}

extension Settings.Backend {
  /// Whose server it is, and so how it is addressed and what it wants to see of us.
  package enum Kind: String, Sendable, CaseIterable {
    case openai, anthropic, azure, gemini, vertex, bedrock, demo

    /// The languages an operator can choose among; none where there is no choice.
    package var formats: [Format] {
      switch self {
      case .openai, .azure: [.chat, .responses]
      case .gemini: [.native, .openai]
      case .vertex: [.gemini, .anthropic, .openai]
      case .bedrock: [.invoke, .converse]
      case .anthropic, .demo: []
      }
    }
  }

  /// One of the languages that a kind of server speaks.
  package enum Format: String, Sendable, CaseIterable {
    case chat, responses
    /// Google's own language, or its OpenAI surface.
    case native, openai
    /// The publishers of Vertex.
    case gemini, anthropic
    /// Bedrock's two ways to a model.
    case invoke, converse
  }

  /// Where a backend stands in a cloud, and who we are there.
  ///
  /// What is not said here is found where the cloud's own tools find it.
  package struct Cloud: Sendable, Equatable {
    /// AWS's region or Google's location.
    package var region: String?
    package var project: String?
    /// Azure's `api-version`.
    package var apiVersion: String?
    package var accessKeyID: String?
    package var secretAccessKey: Secret?
    package var sessionToken: Secret?
    package var profile: String?
    /// A file with Google's credentials.
    package var credentialsFile: String?
    package var tenantID: String?
    package var clientID: String?
    package var clientSecret: Secret?

    package init() {}
  }

  /// A header that is added to every request; its value may be a credential.
  package struct Header: Sendable, Equatable {
    package var name: String
    package var value: Secret

    package init(name: String, value: Secret) {
      self.name = name
      self.value = value
    }
  }
}
