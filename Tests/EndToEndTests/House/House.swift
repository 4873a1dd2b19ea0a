import ControlPlane
import Gateway
import Synchronization
import TestSupport
import Testing

/// The whole house on loopback: a gateway that runs between clients of the test and two scripted
/// vendors.
final class House: Sendable {
  /// The caller's key that stands in the configuration.
  static let key = "sk-test-0123456789abcdef"
  /// The keys that the vendors know, which no client may see and no client's may replace.
  static let vendorKey = "sk-vendor-fedcba9876543210"

  let scratch: ScratchDirectory
  let chat: ScriptedUpstream
  let claude: ScriptedUpstream
  private let plan: HousePlan
  private let running: Mutex<RunningGateway?>

  private init(_ plan: HousePlan) throws {
    self.plan = plan
    scratch = try ScratchDirectory()
    chat = try ScriptedUpstream()
    claude = try ScriptedUpstream()
    running = Mutex(nil)
    configure(plan)
  }

  /// Starts a house, lets the test live in it, and looks at the end that nothing was left over.
  static func live(
    in plan: HousePlan = HousePlan(), _ body: (House) async throws -> Void
  ) async throws {
    await Turnstile.houses.enter()
    let house: House
    do {
      house = try House(plan)
      try await house.start()
    } catch {
      await Turnstile.houses.leave()
      throw error
    }
    do {
      try await body(house)
      try await house.settles()
    } catch {
      await house.close()
      throw error
    }
    await house.close()
  }

  var gateway: RunningGateway {
    get throws { try #require(running.withLock { $0 }) }
  }

  /// What the operator sees now.
  var picture: LiveSnapshot {
    get throws { try gateway.snapshot() }
  }

  /// Has the cockpit carry out a command.
  @discardableResult
  func order(_ command: ControlCommand) async throws -> ControlAnswer {
    try await gateway.perform(command, by: "test")
  }

  /// Writes the configuration anew; `reload` or `restart` takes it.
  func configure(_ plan: HousePlan) {
    scratch.write(plan.text(chat: chat.baseURL, claude: claude.baseURL), to: "anyllm.yaml")
  }

  var configurationPath: String { scratch.path("anyllm.yaml") }

  /// Stops the gateway and starts it again over what it kept.
  func restart() async throws {
    await running.withLock { $0 }?.stop()
    try await start()
  }

  private func start() async throws {
    let options = LaunchOptions(
      configurationPath: configurationPath, listen: plan.overridesListen ? "127.0.0.1:0" : nil,
      socketPath: scratch.path("admin.sock"),
      environment: [
        "HOME": scratch.path, "XDG_STATE_HOME": scratch.makeDirectory("state"),
        "XDG_CONFIG_HOME": scratch.makeDirectory("config"),
        "XDG_RUNTIME_DIR": scratch.makeDirectory("run"),
      ])
    do {
      let gateway = try await RunningGateway.start(options)
      running.withLock { $0 = gateway }
    } catch {
      throw HouseFailure(description: error.problems.joined(separator: "; "))
    }
  }

  private func close() async {
    await running.withLock { $0 }?.stop()
    chat.stop()
    claude.stop()
    await Turnstile.houses.leave()
  }

  /// Awaits that no exchange is in flight and that every one was recorded.
  func settles() async throws {
    let gateway = try gateway
    try await eventually("nothing in flight") { gateway.snapshot().totals.inFlight == 0 }
    let snapshot = gateway.snapshot()
    #expect(snapshot.totals.droppedRecords == 0)
    let busy = snapshot.backends.filter { $0.inFlight != 0 }.map(\.name)
    #expect(busy.isEmpty, "an attempt was never ended")
  }
}

/// Why a house could not be had.
struct HouseFailure: Error, CustomStringConvertible {
  let description: String
}

/// Lets so many houses stand at one time: the machine of a test may be small.
actor Turnstile {
  static let houses = Turnstile(places: 4)

  private var places: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int) {
    self.places = places
  }

  func enter() async {
    guard places == 0 else {
      places -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func leave() {
    if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
  }
}

/// Awaits what nothing announces, by asking again and again.
func eventually(
  _ what: String, within limit: Duration = .seconds(20), _ holds: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !holds() {
    guard ContinuousClock.now < end else { throw NeverHappened(what: what) }
    try await Task.sleep(for: .milliseconds(3))
  }
}
