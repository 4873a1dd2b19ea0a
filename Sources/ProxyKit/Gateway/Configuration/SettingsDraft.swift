/// The settings while they are put together, and where each part was said.
struct SettingsDraft {
  /// What has a default; backends, rules and callers are completed at the end.
  var settings: Settings
  var listenPlace = ConfigurationPlace(file: "default")
  var openRelay: (value: Bool, place: ConfigurationPlace)?
  var defaultBackend: (name: String, place: ConfigurationPlace)?
  /// Names in the file, those of backends that turned out unusable too.
  var declaredBackends: Set<String> = []
  /// Routes that terms name, and where.
  var namedRoutes: [(name: String, path: String, place: ConfigurationPlace)] = []
  /// Names of routes in the file, usable or not.
  var declaredRoutes: Set<String> = []
  /// What the file says of routes and classes, completed when all backends are known.
  var routes: [RouteDraft] = []
  var classes: [ClassDraft] = []
  /// One a backend, by name.
  var backendPlaces: [String: ConfigurationPlace] = [:]
  /// Who said which models stand in for Claude's families, by backend.
  var familySources: [String: MappingRule.Source] = [:]
  /// Places of a backend's listed models, in its order.
  var modelPlaces: [String: [ConfigurationPlace]] = [:]
  var keyPlaces: [ConfigurationPlace] = []
  var trustPlace: ConfigurationPlace?
  var rules: [Rule] = []
  /// Rules of single callers.
  var keyRules: [Rule] = []
  /// Backends that terms and prices name, and where.
  var namedBackends: [(name: String, path: String, place: ConfigurationPlace)] = []
  /// Whether the operator wrote rules, be it an empty list.
  var hasMappings = false

  /// A rule as it was written.
  struct Rule {
    var pattern: String
    var target: String
    var place: ConfigurationPlace
  }

  init(stateDirectory: String) {
    settings = Settings(
      stateDirectory: stateDirectory, backends: [], defaultBackend: "", mappings: [])
  }

  mutating func add(_ backend: Settings.Backend, at place: ConfigurationPlace) {
    settings.backends.append(backend)
    backendPlaces[backend.name] = place
  }
}
