import ControlPlane
import Glibc

// Whoever reads our output may leave; then we end without a word, whatever we inherited.
_ = signal(SIGPIPE, SIG_DFL)

var environment: [String: String] = [:]
for name in SocketNames.variables + Options.variables {
  if let value = unsafe getenv(name) { environment[name] = unsafe String(cString: value) }
}

let program = Program(
  environment: environment, console: .ofProcess(environment: environment),
  names: SocketNames(environment: environment),
  now: {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  },
  pause: { milliseconds in
    var span = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    unsafe nanosleep(&span, nil)
    return true
  })
exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
