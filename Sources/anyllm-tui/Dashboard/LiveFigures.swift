internal import ControlPlane

/// The numbers of the status bar, reckoned from the series once a snapshot.
struct LiveFigures: Equatable {
  var requestsPerSecond = 0.0
  var tokensPerSecond = 0.0
  /// Failed share of the last five minutes' requests.
  var errorPercent = 0.0
  var requestsPeak = 0.0
  var tokensPeak = 0.0
  /// Failures of the last fifteen minutes.
  var recentFailures = 0

  init() {}

  init(_ throughput: Throughput, window: Int) {
    tokensPerSecond = Self.mean(throughput.tokensPerSecond.suffix(5))
    requestsPerSecond = Self.mean(throughput.requestsPerSecond.suffix(10))
    tokensPeak = Self.peak(throughput.tokensPerSecond.suffix(window))
    requestsPeak = Self.peak(throughput.requestsPerSecond.suffix(window))
    let requests = Self.sum(throughput.requestsPerSecond.suffix(300))
    let failures = Self.sum(throughput.failuresPerSecond.suffix(300))
    errorPercent = requests > 0 ? min(100, failures / requests * 100) : (failures > 0 ? 100 : 0)
    let recent = Self.sum(throughput.failuresPerSecond[...])
    recentFailures = recent < 1e15 ? Int(recent.rounded()) : 0
  }

  private static func sum(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0) { $1.isFinite ? $0 + max(0, $1) : $0 }
  }

  private static func mean(_ values: ArraySlice<Double>) -> Double {
    values.isEmpty ? 0 : sum(values) / Double(values.count)
  }

  private static func peak(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0) { $1.isFinite ? max($0, $1) : $0 }
  }
}

/// The maxima of the graphs' axes: they rise at once and fall only after a minute below.
struct Scales: Equatable {
  var tokens = Scale()
  var requests = Scale()
}

/// One axis' maximum, and since when a smaller one would do.
struct Scale: Equatable {
  private(set) var maximum = 1.0
  private var smallerSinceMs: Int64?

  mutating func show(peak: Double, at nowMs: Int64) {
    let wanted = Graph.niceMaximum(peak)
    guard wanted < maximum else {
      maximum = wanted
      smallerSinceMs = nil
      return
    }
    let since = smallerSinceMs ?? nowMs
    smallerSinceMs = since
    guard nowMs - since >= 60_000 else { return }
    maximum = wanted
    smallerSinceMs = nil
  }
}
