extension Settings.Backend {
  /// Whether a backend is given work.
  package enum Duty: String, Sendable, CaseIterable {
    case serving
    /// Nothing new; what is in flight finishes.
    case draining
    /// As draining, and nobody looks whether it is healthy.
    case off
  }

  /// When a deployment that keeps failing is left alone, and for how long.
  package struct Circuit: Sendable, Equatable {
    /// Failures in a row that open it.
    package var failures: Int
    /// Before the first new try; it doubles with every try that fails.
    package var pause: Duration

    package init(failures: Int = 5, pause: Duration = .seconds(30)) {
      self.failures = failures
      self.pause = pause
    }
  }

  /// How a backend is looked after while nobody asks it anything.
  package struct HealthCheck: Sendable, Equatable {
    package var interval: Duration
    /// Asked for one token.
    package var model: String

    package init(interval: Duration, model: String) {
      self.interval = interval
      self.model = model
    }
  }
}
