/// What was taken from another proxy's file, before it is written in our words.
struct ImportDraft {
  /// Members of the root that stand before and behind the places.
  var opening: [WrittenMember] = []
  var closing: [WrittenMember] = []
  private(set) var backends: [ImportBackend] = []
  private(set) var groups: [ImportGroup] = []
  var aliases: [ImportAlias] = []
  var strategy: String?
  /// What a name gets that is not listed.
  var everythingElse: ImportElse = .defaultBackend
  /// The number of the backend that is the default.
  var defaultBackend: Int?

  /// The number of such a backend, which is added when there is none.
  mutating func backend(_ backend: ImportBackend) -> Int {
    let known = backends.firstIndex {
      $0.kind == backend.kind && $0.members == backend.members && $0.wish == backend.wish
    }
    if let known { return known }
    backends.append(backend)
    return backends.count - 1
  }

  /// Adds to all backends what they do not say themselves.
  mutating func fillBackends(_ member: WrittenMember) {
    for index in backends.indices
    where !backends[index].members.contains(where: { $0.key == member.key }) {
      backends[index].members.append(member)
    }
  }

  /// Changes each backend by what it is.
  mutating func eachBackend(_ change: (Int, inout ImportBackend) -> Void) {
    for index in backends.indices { change(index, &backends[index]) }
  }

  /// Changes each deployment of each group.
  mutating func eachDeployment(_ change: (inout ImportDeployment) -> Void) {
    for group in groups.indices {
      for index in groups[group].deployments.indices { change(&groups[group].deployments[index]) }
    }
  }

  /// Adds a deployment under a client's name.
  mutating func deploy(_ deployment: ImportDeployment, as name: String, at mark: YAMLMark) {
    guard let index = group(named: name) else {
      groups.append(ImportGroup(name: name, mark: mark, deployments: [deployment]))
      return
    }
    let twin = groups[index].deployments.firstIndex {
      $0.backend == deployment.backend && $0.model == deployment.model
    }
    guard let twin else {
      groups[index].deployments.append(deployment)
      return
    }
    groups[index].deployments[twin].weight =
      (groups[index].deployments[twin].weight ?? 1) + (deployment.weight ?? 1)
  }

  /// Adds a deployment that is asked when those of the group have failed.
  mutating func reserve(_ deployment: ImportDeployment, of name: String) {
    guard let index = group(named: name) else { return }
    groups[index].reserves.append(deployment)
  }

  mutating func addFallback(_ fallback: ImportFallback, to group: Int) {
    guard !groups[group].fallbacks.contains(fallback),
      fallback.name.lowercased() != groups[group].name.lowercased()
    else { return }
    groups[group].fallbacks.append(fallback)
  }

  func group(named name: String) -> Int? {
    groups.firstIndex { $0.name.lowercased() == name.lowercased() }
  }
}

/// What becomes of a model's name that is not listed.
enum ImportElse {
  case defaultBackend
  case refused
}

/// A place where models are, under a name that is chosen at the end.
struct ImportBackend: Equatable {
  var kind: String
  var members: [WrittenMember]
  /// The name it had, when it had one.
  var wish: String?
}

/// One model of one backend, as a part of a group.
struct ImportDeployment: Equatable {
  var backend: Int
  /// Nil keeps the client's name.
  var model: String?
  var weight: Int?
  var requestsPerMinute: Int?
  var tokensPerMinute: Int?
  var concurrent: Int?

  /// Whether it says more than where to go.
  var hasLimits: Bool {
    requestsPerMinute != nil || tokensPerMinute != nil || concurrent != nil
  }
}

/// All that serve one name of the clients'.
struct ImportGroup: Equatable {
  var name: String
  var mark: YAMLMark
  var deployments: [ImportDeployment]
  var fallbacks: [ImportFallback] = []
  /// Deployments that come before the fallbacks and behind all others.
  var reserves: [ImportDeployment] = []

  var isPattern: Bool { name.contains("*") }

  /// Whether a mapping is not enough.
  var needsRoute: Bool {
    deployments.count > 1 || deployments.contains(where: \.hasLimits) || !fallbacks.isEmpty
      || !reserves.isEmpty
  }
}

/// Where a group's requests go when its deployments have failed.
struct ImportFallback: Equatable {
  var name: String
  /// Such as `context`; nil is any failure.
  var condition: String?
  var mark: YAMLMark
}

/// Another name of a group.
struct ImportAlias: Equatable {
  var name: String
  var of: String
  var mark: YAMLMark
}
