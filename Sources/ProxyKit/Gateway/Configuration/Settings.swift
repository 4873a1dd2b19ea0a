/// All that the operator decided, checked and complete: the immutable part of a snapshot.
package struct Settings: Sendable, Equatable {
  package var listen: [ListenAddress]
  /// Where the control socket is, when not at its usual place.
  package var socketPath: String?
  /// The directory of the database and of what else survives a restart.
  package var stateDirectory: String
  /// Event loops, or one a core.
  package var loops: Int?
  package var limits: Limits
  /// How long exchanges in flight may take to finish when the gateway stops.
  package var drainDeadline: Duration
  /// Silence on a stream after which the client gets a ping.
  package var pingInterval: Duration
  /// Whether what a translation lost is told in `x-anyllm-degradation`.
  package var exposeDegradation: Bool
  /// In the order of the file; names are unique.
  package var backends: [Backend]
  /// The name of the backend that serves what no rule matches; one of `backends`.
  package var defaultBackend: String
  /// The first that matches decides.
  package var mappings: [MappingRule]
  /// Names are unique and no backend's.
  package var routes: [Route]
  /// One a class at most.
  package var classes: [ClassRule]
  package var callers: Callers
  /// What models cost where the catalogue is wrong; the first that matches counts.
  package var prices: [PriceRule]
  package var network = NetworkPolicy()
  package var cache = Cache()
  package var log: Log

  package init(
    listen: [ListenAddress] = [ListenAddress()], socketPath: String? = nil,
    stateDirectory: String = ".anyllm", loops: Int? = nil, limits: Limits = Limits(),
    drainDeadline: Duration = .seconds(30), pingInterval: Duration = .seconds(10),
    exposeDegradation: Bool = true, backends: [Backend] = [.demo],
    defaultBackend: String = Backend.demo.name, mappings: [MappingRule] = [],
    routes: [Route] = [], classes: [ClassRule] = [], callers: Callers = Callers(),
    prices: [PriceRule] = [], log: Log = Log()
  ) {
    self.listen = listen
    self.socketPath = socketPath
    self.stateDirectory = stateDirectory
    self.loops = loops
    self.limits = limits
    self.drainDeadline = drainDeadline
    self.pingInterval = pingInterval
    self.exposeDegradation = exposeDegradation
    self.backends = backends
    self.defaultBackend = defaultBackend
    self.mappings = mappings
    self.routes = routes
    self.classes = classes
    self.callers = callers
    self.prices = prices
    self.log = log
  }

  /// The backend of that name.
  package func backend(named name: String) -> Backend? {
    backends.first { $0.name == name }
  }
}

extension Settings {
  /// One address the public port listens on.
  package struct ListenAddress: Sendable, Equatable, Hashable {
    /// A numeric address, without brackets.
    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// Path of the certificate chain; TLS is on when this and `tlsKey` are given.
    package var tlsCertificate: String?
    package var tlsKey: String?

    package init(
      host: String = "127.0.0.1", port: Int = 3000, tlsCertificate: String? = nil,
      tlsKey: String? = nil
    ) {
      self.host = host
      self.port = port
      self.tlsCertificate = tlsCertificate
      self.tlsKey = tlsKey
    }
  }

  /// What one gateway accepts before it refuses.
  package struct Limits: Sendable, Equatable {
    package var headerBytes: Int
    package var bodyBytes: Int
    /// The sum of all bodies in memory at one time.
    package var bodyBudgetBytes: Int
    package var connections: Int
    package var exchanges: Int
    /// All responses together that are kept for clients to come back to; zero keeps none.
    package var keptResponseBytes: Int
    /// From the first byte of a request to the end of its headers.
    package var headerTimeout: Duration
    /// How long a kept-alive connection may be idle.
    package var clientIdleTimeout: Duration

    package init(
      headerBytes: Int = 16 << 10, bodyBytes: Int = 64 << 20, bodyBudgetBytes: Int = 512 << 20,
      connections: Int = 10_000, exchanges: Int = 2_000, keptResponseBytes: Int = 512 << 20,
      headerTimeout: Duration = .seconds(10), clientIdleTimeout: Duration = .seconds(75)
    ) {
      self.headerBytes = headerBytes
      self.bodyBytes = bodyBytes
      self.bodyBudgetBytes = bodyBudgetBytes
      self.connections = connections
      self.exchanges = exchanges
      self.keptResponseBytes = keptResponseBytes
      self.headerTimeout = headerTimeout
      self.clientIdleTimeout = clientIdleTimeout
    }
  }

  /// What is logged, and how.
  package struct Log: Sendable, Equatable {
    package var level: LogLevel
    package var format: LogFormat

    package init(level: LogLevel = .info, format: LogFormat = .text) {
      self.level = level
      self.format = format
    }
  }

  /// The least severe line that is logged.
  package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, warning, error
  }

  /// The shape of a log line.
  package enum LogFormat: String, Sendable, CaseIterable {
    case text, json
  }
}
