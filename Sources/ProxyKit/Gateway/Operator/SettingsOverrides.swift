internal import ControlPlane
internal import FoundationEssentials
internal import Storage

/// What operators decided of backends and of the order of mappings while the gateway ran.
struct SettingsOverrides: Sendable, Equatable {
  /// When a change of a mapping takes itself back, and to what.
  struct Expiry: Codable, Sendable, Equatable {
    var atMs: Int64
    /// Nil where there was no rule before.
    var before: String?
  }

  private enum Kind: String {
    case backend, mappingOrder = "mapping_order", mappingExpiry = "mapping_expiry"
  }

  private struct DutyValue: Codable {
    var duty: BackendDuty
    var reason: String?
  }

  private(set) var duties: [String: BackendDuty] = [:]
  /// Patterns as an operator put them; empty where nobody did.
  private(set) var order: [String] = []
  private(set) var expiries: [String: Expiry] = [:]

  /// Takes what is known of what the store kept; other kinds are others' business.
  init(_ stored: [Override] = []) {
    for entry in stored {
      let bytes = Data(entry.value.utf8)
      switch Kind(rawValue: entry.kind) {
      case .backend:
        duties[entry.name] = try? JSONDecoder().decode(DutyValue.self, from: bytes).duty
      case .mappingOrder:
        order = (try? JSONDecoder().decode([String].self, from: bytes)) ?? []
      case .mappingExpiry:
        expiries[entry.name] = try? JSONDecoder().decode(Expiry.self, from: bytes)
      case nil: continue
      }
    }
  }

  /// Lays itself over settings whose mappings are complete.
  func apply(to settings: inout Settings) {
    for index in settings.backends.indices {
      guard let duty = duties[settings.backends[index].name] else { continue }
      settings.backends[index].duty = Settings.Backend.Duty(duty)
    }
    settings.mappings = ordered(settings.mappings)
  }

  /// The rules in the operator's order; one that is not in it stays before the one it preceded.
  func ordered(_ rules: [MappingRule]) -> [MappingRule] {
    guard !order.isEmpty else { return rules }
    let places = Dictionary(
      order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var sorted = rules.filter { places[$0.pattern.text] != nil }
      .sorted { (places[$0.pattern.text] ?? 0) < (places[$1.pattern.text] ?? 0) }
    for (index, rule) in rules.enumerated().reversed() where places[rule.pattern.text] == nil {
      let next = index + 1 < rules.count ? rules[index + 1].pattern : nil
      let place = sorted.firstIndex { $0.pattern == next } ?? sorted.endIndex
      sorted.insert(rule, at: place)
    }
    return sorted
  }

  /// Notes the state of a backend; nil lets the configuration's word count.
  mutating func set(
    _ duty: BackendDuty?, of backend: String, because reason: String?
  ) -> OverrideChange {
    duties[backend] = duty
    return OverrideChange(
      kind: Kind.backend.rawValue, name: backend,
      value: duty.map { Self.json(DutyValue(duty: $0, reason: reason)) })
  }

  mutating func set(order patterns: [String]) -> OverrideChange {
    order = patterns
    return OverrideChange(
      kind: Kind.mappingOrder.rawValue, name: "all",
      value: patterns.isEmpty ? nil : Self.json(patterns))
  }

  mutating func set(_ expiry: Expiry?, of pattern: String) -> OverrideChange {
    expiries[pattern] = expiry
    return OverrideChange(
      kind: Kind.mappingExpiry.rawValue, name: pattern, value: expiry.map { Self.json($0) })
  }

  private static func json(_ value: some Encodable) -> String {
    String(decoding: (try? JSONEncoder().encode(value)) ?? Data(), as: UTF8.self)
  }
}

extension Settings.Backend.Duty {
  init(_ duty: BackendDuty) {
    switch duty {
    case .serving: self = .serving
    case .draining: self = .draining
    case .off: self = .off
    }
  }

  /// In the operator's words.
  var shown: BackendDuty {
    switch self {
    case .serving: .serving
    case .draining: .draining
    case .off: .off
    }
  }
}
