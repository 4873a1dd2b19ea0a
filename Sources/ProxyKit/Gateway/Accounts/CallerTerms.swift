internal import ControlPlane
internal import Dialects

/// The terms of a caller, made ready to be asked with every request.
///
/// A class, so that an account sees at once whether it knows them already.
final class CallerTerms: Sendable {
  static let unlimited = CallerTerms(KeyTerms())

  let terms: KeyTerms
  private let models: [ModelPattern]?
  let defaultBackend: String
  /// Where its requests may go; nil when they may go everywhere.
  let routing: RoutePermissions?

  init(_ terms: KeyTerms, defaultBackend: String = "") {
    self.terms = terms
    self.defaultBackend = defaultBackend
    models = terms.models.map { $0.map { ModelPattern($0) } }
    routing = RoutePermissions(terms, defaultBackend: defaultBackend)
  }

  /// The terms of a stored key; what cannot be read allows nothing.
  convenience init(stored json: String, defaultBackend: String) {
    self.init(
      KeyTerms(json: json) ?? KeyTerms(role: .viewer, models: [], backends: []),
      defaultBackend: defaultBackend)
  }

  /// Whether anything is counted against them.
  var isLimited: Bool { terms.hasRates || !terms.budgets.isEmpty }

  /// Whether the model may be asked for by this name.
  func allows(model: String) -> Bool {
    models?.contains { $0.matches(model) } ?? true
  }

  /// Refuses a model that the caller may not ask for.
  func check(model: String, of name: String) throws(Failure) {
    guard !allows(model: model) else { return }
    let allowed = terms.models ?? []
    let list =
      allowed.isEmpty
      ? "it may use none" : "it may use " + allowed.prefix(20).joined(separator: ", ")
    throw Failure(
      .permission, origin: .client, status: 403,
      "key `\(name)` may not use model `\(model.prefix(200))`; \(list)", code: "model_not_allowed",
      parameter: "model")
  }

  /// Refuses what costs to a caller that may only look.
  func checkMayCall(_ name: String) throws(Failure) {
    guard terms.role == .viewer else { return }
    throw Failure(
      .permission, origin: .client, status: 403,
      "key `\(name)` may list models and count tokens only; "
        + "`anyllmctl keys edit \(name) --role developer` lets it call them",
      code: "role_not_allowed")
  }
}
