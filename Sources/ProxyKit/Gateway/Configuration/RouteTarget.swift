/// What a mapping, a rule of class or a fallback leads to, as it was written.
package enum RouteTarget: Sendable, Equatable {
  /// Backends with their models, or one route; the settings say which of them a name is.
  case parts([Part])
  /// Nobody is asked; the client gets this status.
  case reject(status: Int)

  /// One place that a target names, and its share.
  package struct Part: Sendable, Equatable {
    /// A backend's name or a route's.
    package var name: String
    /// Nil keeps the client's name, or takes the backend's big or small model for its family.
    package var model: String?
    package var weight: Int

    package init(_ name: String, model: String? = nil, weight: Int = 1) {
      self.name = name
      self.model = model
      self.weight = weight
    }
  }

  /// More places than anybody weighs against each other by hand.
  private static let mostParts = 32
  package static let weights = 1...1000

  /// Reads `backend:model`, `backend`, `:model`, a route's name, `a:m*3,b:m*1` or `reject[:status]`;
  /// nil when it names nothing.
  ///
  /// Only the first colon separates, because models such as `llama3:8b` have their own.
  package init?(_ text: String, defaultBackend: String) {
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    if words[0] == "reject" {
      guard words.count <= 2 else { return nil }
      guard let status = words.count == 1 ? 403 : Int(words[1]), (400...599).contains(status)
      else { return nil }
      self = .reject(status: status)
      return
    }
    var parts: [Part] = []
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let part = Self.part(String(piece.trimmed), defaultBackend: defaultBackend) else {
        return nil
      }
      parts.append(part)
    }
    guard parts.count <= Self.mostParts else { return nil }
    self = .parts(parts)
  }

  private static func part(_ text: String, defaultBackend: String) -> Part? {
    var rest = text[...]
    var weight = 1
    if let star = rest.lastIndex(of: "*") {
      guard let number = Int(rest[rest.index(after: star)...]), weights.contains(number) else {
        return nil
      }
      weight = number
      rest = rest[..<star]
    }
    let halves = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = halves.first else { return nil }
    let name = first.isEmpty ? defaultBackend : String(first)
    guard halves.count == 2 else {
      return first.isEmpty ? nil : Part(name, weight: weight)
    }
    return halves[1].isEmpty ? nil : Part(name, model: String(halves[1]), weight: weight)
  }

  /// The places it names; none where it rejects.
  package var parts: [Part] {
    guard case .parts(let parts) = self else { return [] }
    return parts
  }

  /// As it would be written.
  package var text: String {
    switch self {
    case .reject(let status): return status == 403 ? "reject" : "reject:\(status)"
    case .parts(let parts):
      return parts.map { part in
        let name = part.model.map { "\(part.name):\($0)" } ?? part.name
        return parts.count > 1 || part.weight != 1 ? "\(name)*\(part.weight)" : name
      }.joined(separator: ",")
    }
  }
}
