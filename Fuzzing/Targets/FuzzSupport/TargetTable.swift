internal import Glibc

/// The targets of one program, of which the environment chooses one by its name.
package struct TargetTable: Sendable {
  package typealias Run = @Sendable ([UInt8]) -> Void

  private let chosen: Run

  /// Ends the process when `FUZZ_TARGET` is none of them; with `list` it prints their names.
  package init(_ targets: [(name: String, run: Run)]) {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? "list"
    guard let found = targets.first(where: { $0.name == name }) else {
      for target in targets { print(target.name) }
      fflush(nil)
      // libFuzzer takes an ordinary exit for a crash.
      _exit(name == "list" ? 0 : 64)
    }
    chosen = found.run
  }

  /// Runs the chosen target on one input.
  @unsafe
  package func run(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    chosen(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
  }
}
