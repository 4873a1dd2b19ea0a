/// A route as it was written.
struct RouteDraft {
  var name: String
  var place: ConfigurationPlace
  /// All but what names deployments.
  var route: Settings.Route
  var members: [Member] = []
  var fallbacks: [Fallback] = []
  var shadow: (target: Written, percent: Int)?

  /// A target and where it stands.
  struct Written {
    var text: String
    var place: ConfigurationPlace
  }

  struct Member {
    var target: Written
    var weight: Int?
    var limits: DeploymentLimits
  }

  struct Fallback {
    var target: Written
    var condition: Settings.Route.Fallback.Condition
  }
}

/// A rule for a class of requests as it was written.
struct ClassDraft {
  var requestClass: RequestClass
  var target: RouteDraft.Written
  var threshold: Int?
}
