internal import ControlPlane
internal import Dialects
internal import FoundationEssentials
internal import Storage
internal import Transport

/// What the command line decided before the gateway starts.
package struct LaunchOptions: Sendable {
  package var configurationPath: String?
  package var environmentFile: String?
  /// `host:port`, instead of what the configuration says.
  package var listen: String?
  package var socketPath: String?
  /// The process environment; given in tests.
  package var environment: [String: String]

  package init(
    configurationPath: String? = nil, environmentFile: String? = nil, listen: String? = nil,
    socketPath: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.configurationPath = configurationPath
    self.environmentFile = environmentFile
    self.listen = listen
    self.socketPath = socketPath
    self.environment = environment
  }
}

/// Why the gateway could not start, every problem at once.
package struct StartFailure: Error, Sendable {
  package var problems: [String]

  package init(problems: [String]) {
    self.problems = problems
  }
}

extension RunningGateway {
  /// Every problem of the configuration; none when the gateway could start with it.
  package static func check(_ options: LaunchOptions) -> [String] {
    configuration(options, hasStoredKeys: false).problems.map(\.description)
  }

  /// Reads the configuration, opens the store and the ports, in this order.
  package static func start(_ options: LaunchOptions) async throws(StartFailure) -> RunningGateway {
    let first = configuration(options, hasStoredKeys: true)
    guard let draft = first.settings else {
      throw StartFailure(problems: first.problems.map(\.description))
    }
    let claim = try claimSocket(draft, options)
    let (store, recovery) = try openStore(draft.stateDirectory)
    let facts = try await Facts(store)
    let loaded =
      facts.keys.isEmpty ? configuration(options, hasStoredKeys: false) : first
    guard let settings = loaded.settings else {
      await store.close()
      throw StartFailure(problems: loaded.problems.map(\.description))
    }
    let gateway = try assemble(settings, facts, store, claim, options)
    gateway.note(loaded.notices + recovery.notices)
    try gateway.listen(settings)
    return gateway
  }

  /// What the store remembered.
  private struct Facts {
    let keys: [StoredKey]
    let secret: [UInt8]
    let overlay: MappingOverlay
    let overrides: SettingsOverrides
    let generation: Int

    init(_ store: Store) async throws(StartFailure) {
      do throws(StorageFailure) {
        keys = try await store.allKeys()
        secret = try await store.installSecret { Digest.randomBytes(32) }
        overlay = MappingOverlay(try await store.overlay())
        overrides = SettingsOverrides(try await store.overrides())
        generation = try await store.lastGeneration()
      } catch {
        throw StartFailure(problems: [error.message])
      }
    }
  }

  private static func configuration(
    _ options: LaunchOptions, hasStoredKeys: Bool
  ) -> LoadedConfiguration {
    ConfigurationLoader.load(
      ConfigurationInputs(
        flags: ConfigurationFlags(
          configurationPath: options.configurationPath,
          environmentFile: options.environmentFile, listen: options.listen,
          socketPath: options.socketPath),
        environment: options.environment,
        workingDirectory: FileManager.default.currentDirectoryPath,
        homeDirectory: options.environment["HOME"] ?? "/", hasStoredKeys: hasStoredKeys))
  }

  private static func claimSocket(
    _ settings: Settings, _ options: LaunchOptions
  ) throws(StartFailure) -> SocketClaim {
    do throws(ControlFailure) {
      let place = try SocketPlace.choose(
        socket: options.socketPath ?? settings.socketPath,
        names: SocketNames(environment: options.environment))
      return try place.claim()
    } catch {
      throw StartFailure(problems: ["\(error.message). \(error.hint)"])
    }
  }

  private static func openStore(
    _ directory: String
  ) throws(StartFailure) -> (Store, RecoveryReport) {
    do throws(StorageFailure) {
      let (store, recovery) = try Store.open(directory: directory)
      return (store, recovery)
    } catch {
      throw StartFailure(problems: [error.message])
    }
  }

  private static func assemble(
    _ settings: Settings, _ facts: Facts, _ store: Store, _ claim: SocketClaim,
    _ options: LaunchOptions
  ) throws(StartFailure) -> RunningGateway {
    var current = settings
    current.mappings = facts.overlay.applied(
      to: settings.mappings, defaultBackend: settings.defaultBackend)
    facts.overrides.apply(to: &current)
    let accounts = AccountBook(store: store)
    let snapshots = SnapshotBox(
      Snapshot(
        generation: max(1, facts.generation), settings: current, fileMappings: settings.mappings,
        keys: KeyRing(
          secret: facts.secret, callers: settings.callers, stored: facts.keys,
          defaultBackend: settings.defaultBackend, accounts: accounts)))
    do throws(TransportFailure) {
      var loops: [EventLoop] = []
      for number in 0..<(settings.loops ?? EventLoop.processorCount()) {
        loops.append(try EventLoop(name: "loop-\(number)"))
      }
      let controlLoop = try EventLoop(name: "control")
      let house = House(
        snapshots: snapshots, store: store, accounts: accounts,
        credentials: CredentialDesk(environment: options.environment),
        bodyBudget: settings.limits.bodyBudgetBytes, loops: loops)
      let office = Office(
        house: house, store: store, secret: facts.secret, keys: facts.keys,
        overlay: facts.overlay, overrides: facts.overrides,
        configuration: { configuration(options, hasStoredKeys: $0) })
      return RunningGateway(
        house: house, office: office, store: store, loops: loops, controlLoop: controlLoop,
        claim: claim)
    } catch {
      throw StartFailure(problems: [error.message])
    }
  }
}
