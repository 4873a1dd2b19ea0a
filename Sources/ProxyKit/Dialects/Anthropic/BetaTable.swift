/// Where Anthropic's models are reached; the raw value is the platform's column in the table.
package enum BetaPlatform: Int, Sendable, CaseIterable {
  case anthropic = 1
  /// Azure's own endpoint for them.
  case foundry
  /// Bedrock with Anthropic's bodies.
  case bedrockInvoke
  case bedrockConverse
  /// Bedrock's endpoint in Anthropic's language.
  case bedrockMessages
  case vertex
  case databricks
}

/// What a platform does with a beta.
package enum BetaTreatment: Sendable, Equatable {
  case takes
  /// Takes it by another name.
  case takesAs(String)
  case refuses
  case unknown
}

/// Which `anthropic-beta` values a server takes: the table inside the program, and above it what the
/// operator has written of this server.
package struct BetaTable: Sendable {
  private let overrides: [String: BetaTreatment]

  package static let standard = BetaTable(overrides: [:])

  /// Takes the betas' lower-case names.
  package init(overrides: [String: BetaTreatment]) {
    self.overrides = overrides
  }

  /// What a server of the platform does with this beta.
  package func treatment(of beta: String, on platform: BetaPlatform) -> BetaTreatment {
    let name = beta.lowercased()
    if let treatment = overrides[name] { return treatment }
    guard let fields = SortedLines.betas.fields(Array(name.utf8)),
      platform.rawValue < fields.count
    else { return .unknown }
    switch String(decoding: fields[platform.rawValue], as: UTF8.self) {
    case "": return .unknown
    case "+": return .takes
    case "-": return .refuses
    case let other: return .takesAs(other)
    }
  }

  /// The values of an `anthropic-beta` header, sorted into what may be sent and what may not.
  ///
  /// Anthropic itself is sent what the table does not know; nobody else is.
  package func sort(header: String, for platform: BetaPlatform) -> (sent: [String], kept: [String])
  {
    var sent: [String] = []
    var kept: [String] = []
    for word in header.utf8.split(separator: UInt8(ascii: ",")) {
      let beta = String(Substring(word)).trimmed
      guard !beta.isEmpty else { continue }
      let name: String
      switch treatment(of: beta, on: platform) {
      case .takes: name = beta
      case .takesAs(let other): name = other
      case .unknown where platform == .anthropic: name = beta
      case .refuses, .unknown:
        kept.append(beta)
        continue
      }
      if !sent.contains(name) { sent.append(name) }
    }
    return (sent, kept)
  }

  /// All betas of the table inside.
  package static var names: [String] { SortedLines.betas.names }
}

extension String {
  fileprivate var trimmed: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
