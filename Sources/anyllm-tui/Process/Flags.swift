/// What the command line says.
struct Flags: Equatable {
  enum Colour: String { case auto, always, never }
  enum Task: Equatable {
    case serve, check, help, version, resetTerminal, template, manual, bench(frames: Int)
    case importing(path: String)
  }

  var task = Task.serve
  var configurationPath: String?
  var environmentFile: String?
  var listen: String?
  var socketPath: String?
  var fixturePath: String?
  /// Milliseconds since 1970 at which the dashboard's clock stands still.
  var testClockMs: Int64?
  var isHeadless = false
  var isReadOnly = false
  var wantsASCII = false
  var wantsUTF8 = false
  var colour = Colour.auto
  var framesPerSecond = 10
  var graceSeconds = 30

  /// A command line that cannot be followed.
  struct Mistake: Error, Equatable {
    let text: String
  }

  static func parse(_ arguments: [String]) throws(Mistake) -> Flags {
    var flags = Flags()
    var rest = arguments.dropFirst()
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts.first ?? "")
      var inline = parts.count > 1 ? String(parts[1]) : nil
      func value() throws(Mistake) -> String {
        if let given = inline {
          inline = nil
          return given
        }
        guard let next = rest.popFirst() else { throw Mistake(text: "\(name) needs a value") }
        return next
      }
      if flags.takeSwitch(name) {
        guard inline == nil else { throw Mistake(text: "\(name) takes no value") }
      } else {
        try flags.take(name, value)
      }
    }
    return flags
  }

  private mutating func takeSwitch(_ name: String) -> Bool {
    switch name {
    case "--headless": isHeadless = true
    case "--readonly": isReadOnly = true
    case "--ascii": wantsASCII = true
    case "--utf8": wantsUTF8 = true
    case "--check": task = .check
    case "--help", "-h": task = .help
    case "--version": task = .version
    case "--reset-terminal": task = .resetTerminal
    case "--print-manual": task = .manual
    case "--print-config-template": task = .template
    default: return false
    }
    return true
  }

  private mutating func take(
    _ name: String, _ value: () throws(Mistake) -> String
  ) throws(Mistake) {
    switch name {
    case "--config": configurationPath = try value()
    case "--env-file": environmentFile = try value()
    case "--listen": listen = try value()
    case "--socket": socketPath = try value()
    case "--fixture": fixturePath = try value()
    case "--fps": framesPerSecond = try Self.number(try value(), name, in: 1...30)
    case "--grace": graceSeconds = try Self.number(try value(), name, in: 0...86_400)
    case "--import": task = .importing(path: try value())
    case "--bench-ui":
      task = .bench(frames: try Self.number(try value(), name, in: 1...1_000_000))
    case "--color", "--colour":
      let text = try value()
      guard let known = Colour(rawValue: text) else {
        throw Mistake(text: "\(name) is auto, always or never, not \(text)")
      }
      colour = known
    case "--test-clock":
      let text = try value()
      guard let time = TestClock.milliseconds(text) else {
        throw Mistake(text: "\(name) wants a time such as 2026-11-21T12:04:33Z, not \(text)")
      }
      testClockMs = time
    default: throw Mistake(text: "unknown argument \(name)")
    }
  }

  private static func number(
    _ text: String, _ name: String, in range: ClosedRange<Int>
  ) throws(Mistake) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw Mistake(
        text: "\(name) wants a number from \(range.lowerBound) to \(range.upperBound), not \(text)")
    }
    return number
  }

  static let usage = """
    anyllm-tui: an LLM gateway inside its own dashboard

    usage: anyllm-tui [options]

      --config FILE        read this configuration (YAML)
      --env-file FILE      read variables from this file
      --listen ADDR        accept clients here instead, such as 127.0.0.1:3000
      --socket PATH        control socket for anyllmctl
      --headless           no screen: log lines on stderr, READY when serving
      --check              report every problem of the configuration, and end
      --grace SECONDS      how long a drain waits for exchanges in flight (30)

      --color WHEN         auto, always or never; NO_COLOR is obeyed
      --ascii, --utf8      draw with these characters whatever the locale says
      --fps N              at most so many frames a second (10)
      --readonly           the screen shows everything and changes nothing
      --print-config-template
                           print a commented configuration file to begin with
      --print-manual       print the manual page
      --import FILE        print the configuration of another proxy (LiteLLM, anyllm-proxy,
                           crabllm) in our words; what became of each line is on stderr
      --reset-terminal     put right a terminal that a killed dashboard left behind

      --fixture FILE       show a recorded snapshot, with no gateway
      --test-clock TIME    let the screen's clock stand still at this time
      --bench-ui N         draw N frames from a fixture and print what they cost
      --help, --version

    signals: TERM and INT drain, a second one ends at once; HUP (headless) and USR2 reload
    """
}

/// Reads the one form of time that `--test-clock` takes.
enum TestClock {
  static func milliseconds(_ text: String) -> Int64? {
    guard text.hasSuffix("Z"), text.utf8.count == 20 else { return nil }
    let parts = text.dropLast().split { "-T:".contains($0) }.map { Int64($0) }
    guard parts.count == 6, let year = parts[0], let month = parts[1], let day = parts[2],
      let hour = parts[3], let minute = parts[4], let second = parts[5],
      (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    // Days since 1970, in years that begin in March.
    let marchYear = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days =
      marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000
  }
}
