import Glibc
import TestSupport
import Testing

@testable import ControlPlane

/// A machine of the test's own: a runtime directory, a run root, a home.
struct SmallMachine {
  let directory: ScratchDirectory
  var environment: [String: String]
  var user = getuid()

  init() throws {
    directory = try ScratchDirectory()
    environment = [:]
  }

  var names: SocketNames {
    SocketNames(
      environment: environment, userID: user, runRoot: directory.path("run"))
  }

  func listen(_ name: String) throws -> StubControlServer {
    try StubControlServer(path: directory.path(name)) { _ in .hangUp }
  }
}

@Suite struct `Socket discovery` {
  @Test func `takes the first place that holds a socket`() throws {
    var machine = try SmallMachine()
    machine.environment["XDG_RUNTIME_DIR"] = machine.directory.makeDirectory("xdg")
    machine.environment["XDG_STATE_HOME"] = machine.directory.makeDirectory("state")
    var places = ["state/anyllm", "run/anyllm", "run/user/\(machine.user)/anyllm", "xdg/anyllm"]
    var servers: [StubControlServer] = []
    defer { for server in servers { server.stop() } }
    while let place = places.first {
      machine.directory.makeDirectory(place)
      servers.append(try machine.listen("\(place)/admin.sock"))
      let finding = try SocketDiscovery(names: machine.names).find()
      #expect(finding.path == machine.directory.path("\(place)/admin.sock"))
      #expect(finding.attempts.count == places.count)
      #expect(finding.attempts.last?.finding == "found")
      places.removeFirst()
    }
  }

  @Test func `says everything that it tried`() throws {
    var machine = try SmallMachine()
    machine.environment = [
      "XDG_RUNTIME_DIR": machine.directory.makeDirectory("xdg", mode: 0o755),
      "HOME": machine.directory.path("home"),
    ]
    let failure = try #require(throws: ControlFailure.self) {
      try SocketDiscovery(names: machine.names).find()
    }
    #expect(failure.code == .unreachable)
    for place in [
      "xdg (XDG_RUNTIME_DIR): skipped", "run/user/\(machine.user)/anyllm/admin.sock", "run/anyllm/",
      "home/.local/state/anyllm/admin.sock",
    ] {
      #expect(failure.message.contains(place), "\(place)")
    }
    #expect(failure.hint.contains("--socket"))
  }

  @Test func `prefers what the command line says, then the environment`() throws {
    var machine = try SmallMachine()
    machine.directory.makeDirectory("run/anyllm")
    let servers = try ["a", "b", "run/anyllm/c.sock", "run/anyllm/d.sock"].map(machine.listen)
    defer { for server in servers { server.stop() } }
    machine.environment = ["ANYLLM_SOCKET": servers[1].path, "ANYLLM_INSTANCE": "d"]
    let names = machine.names
    #expect(
      try SocketDiscovery(socket: servers[0].path, names: names).find().path == servers[0].path)
    #expect(try SocketDiscovery(instance: "c", names: names).find().path == servers[2].path)
    #expect(try SocketDiscovery(names: names).find().path == servers[1].path)
    machine.environment["ANYLLM_SOCKET"] = ""
    #expect(try SocketDiscovery(names: machine.names).find().path == servers[3].path)
  }

  @Test func `does not look elsewhere when a named socket is missing`() throws {
    let machine = try SmallMachine()
    machine.directory.makeDirectory("run/anyllm")
    let server = try machine.listen("run/anyllm/admin.sock")
    defer { server.stop() }
    let plain = machine.directory.write("", to: "plain")
    for path in [machine.directory.path("none.sock"), plain] {
      let failure = #expect(throws: ControlFailure.self) {
        try SocketDiscovery(socket: path, names: machine.names).find()
      }
      #expect(failure?.code == .unreachable)
      #expect(failure?.message.contains(path) == true)
    }
  }

  @Test func `refuses paths that no address holds, and says how long they are`() throws {
    let machine = try SmallMachine()
    let long = "/" + String(repeating: "x", count: 107)
    let failure = #expect(throws: ControlFailure.self) {
      try SocketDiscovery(socket: long, names: machine.names).find()
    }
    #expect(failure?.code == .invalid)
    #expect(failure?.message.contains("108 bytes, 107 are allowed") == true)
  }

  @Test(arguments: [
    "", "../etc", "a/b", ".hidden", "a b", "a\u{1B}", String(repeating: "a", count: 65),
  ])
  func `refuses instance names that are no file names`(name: String) throws {
    let machine = try SmallMachine()
    let failure = #expect(throws: ControlFailure.self) {
      try SocketDiscovery(instance: name, names: machine.names).find()
    }
    #expect(failure?.code == .invalid)
  }
}

@Suite struct `A socket place` {
  private func mode(_ path: String) -> UInt32? { FileFacts(path: path)?.mode }

  @Test func `is where discovery looks for it`() throws {
    var machine = try SmallMachine()
    machine.directory.makeDirectory("run/user/\(machine.user)")
    machine.environment["XDG_RUNTIME_DIR"] = machine.directory.makeDirectory("xdg")
    for runtime in [machine.environment["XDG_RUNTIME_DIR"], nil] {
      machine.environment["XDG_RUNTIME_DIR"] = runtime
      let claim = try SocketPlace.choose(names: machine.names).claim()
      let descriptor = try claim.listen()
      #expect(try SocketDiscovery(names: machine.names).find().path == claim.place.path)
      close(descriptor)
      claim.release()
    }
  }

  @Test func `is the state directory when there is no runtime directory`() throws {
    var machine = try SmallMachine()
    machine.user += 1
    machine.environment["HOME"] = machine.directory.path("home")
    let place = try SocketPlace.choose(names: machine.names)
    #expect(place.path == machine.directory.path("home/.local/state/anyllm/admin.sock"))
  }

  @Test func `is made for its owner alone`() throws {
    let machine = try SmallMachine()
    let place = try SocketPlace.choose(
      socket: machine.directory.path("deep/er/x.sock"), names: machine.names)
    let claim = try place.claim()
    let descriptor = try claim.listen()
    defer { close(descriptor) }
    #expect(mode(machine.directory.path("deep/er")) == 0o700)
    #expect(mode(place.path) == 0o600)
    #expect(mode(place.lockPath) == 0o600)
    #expect(place.lockPath == machine.directory.path("deep/er/x.lock"))
  }

  @Test func `belongs to one gateway at a time, who is named`() throws {
    let machine = try SmallMachine()
    let path = machine.directory.path("x.sock")
    let first = try SocketPlace.choose(socket: path, names: machine.names).claim()
    let descriptor = try first.listen()
    defer { close(descriptor) }
    let failure = #expect(throws: ControlFailure.self) {
      try SocketPlace.choose(socket: path, names: machine.names).claim()
    }
    #expect(failure?.code == .conflict)
    #expect(failure?.message.contains("pid \(getpid())") == true)
    #expect(FileFacts(path: path)?.kind == .socket)
    first.release()
    #expect(FileFacts(path: path) == nil)
    _ = try SocketPlace.choose(socket: path, names: machine.names).claim()
  }

  @Test func `is cleared of what a killed gateway left`() throws {
    let machine = try SmallMachine()
    let leftover = try machine.listen("x.sock")
    let place = try SocketPlace.choose(socket: leftover.path, names: machine.names)
    let claim = try place.claim()
    #expect(FileFacts(path: leftover.path) == nil)
    let descriptor = try claim.listen()
    close(descriptor)
    leftover.stop()
  }

  @Test func `keeps what is not a socket`() throws {
    let machine = try SmallMachine()
    let file = machine.directory.write("precious", to: "x.sock")
    let failure = #expect(throws: ControlFailure.self) {
      try SocketPlace.choose(socket: file, names: machine.names).claim()
    }
    #expect(failure?.code == .conflict)
    #expect(FileFacts(path: file)?.kind == .file)
  }

  @Test func `leaves a socket alone that another put there meanwhile`() throws {
    let machine = try SmallMachine()
    let path = machine.directory.path("x.sock")
    let claim = try SocketPlace.choose(socket: path, names: machine.names).claim()
    let descriptor = try claim.listen()
    defer { close(descriptor) }
    _ = unsafe unlink(path)
    let other = try machine.listen("x.sock")
    claim.release()
    #expect(FileFacts(path: path)?.kind == .socket)
    other.stop()
  }

  @Test func `is refused where others could reach in`() throws {
    var machine = try SmallMachine()
    machine.environment["XDG_RUNTIME_DIR"] = machine.directory.makeDirectory("xdg")
    machine.directory.makeDirectory("xdg/anyllm", mode: 0o755)
    let failure = #expect(throws: ControlFailure.self) {
      try SocketPlace.choose(names: machine.names).claim()
    }
    #expect(failure?.code == .notPermitted)
    #expect(failure?.hint.contains("chmod 700") == true)

    machine.directory.makeDirectory("shared", mode: 0o777)
    #expect(throws: ControlFailure.self) {
      try SocketPlace.choose(
        socket: machine.directory.path("shared/x.sock"), names: machine.names
      ).claim()
    }
  }

  @Test func `is refused behind a symbolic link`() throws {
    var machine = try SmallMachine()
    machine.environment["XDG_RUNTIME_DIR"] = machine.directory.makeDirectory("xdg")
    let elsewhere = machine.directory.makeDirectory("elsewhere")
    _ = unsafe symlink(elsewhere, machine.directory.path("xdg/anyllm"))
    let failure = #expect(throws: ControlFailure.self) {
      try SocketPlace.choose(names: machine.names).claim()
    }
    #expect(failure?.code == .notPermitted)
    #expect(failure?.message.contains("symbolic link") == true)
  }

  @Test func `knows who calls`() throws {
    var ends: [Int32] = [-1, -1]
    _ = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
    defer { for end in ends { close(end) } }
    let peer = try #require(SocketPeer(descriptor: ends[0]))
    #expect(peer.processID == getpid())
    #expect(peer.userID == getuid())
    #expect(peer.isOperator)
    #expect(SocketPeer(descriptor: -1) == nil)
  }
}
