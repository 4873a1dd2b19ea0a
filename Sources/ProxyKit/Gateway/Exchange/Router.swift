internal import Dialects

extension Snapshot {
  /// The deployments that can serve a model, best first.
  func deployments(for model: String, prefix: String?) throws(Failure) -> [Deployment] {
    if let prefix {
      guard let backend = settings.backend(named: prefix) else {
        throw Failure(
          .notFound, origin: .client, status: 404, "there is no backend `\(prefix)`")
      }
      let name = backend.familyModel(for: model) ?? ModelPattern.withoutWindowSuffix(model)
      return [Deployment(backend: backend, model: name)]
    }
    if let known = routes.deployments(for: model) { return known }
    guard let route = settings.route(model: model) else {
      throw Failure(
        .notFound, origin: .client, status: 404,
        "no backend serves model `\(model)`; `anyllmctl mappings set PATTERN BACKEND:MODEL` maps it",
        code: "model_not_found", parameter: "model")
    }
    let deployments = [Deployment(backend: route.backend, model: route.model)]
    routes.note(deployments, for: model)
    return deployments
  }
}
