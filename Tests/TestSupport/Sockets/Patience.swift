internal import Glibc

/// How long tests wait for what must happen: long enough for a loaded machine with sanitizers.
package enum Patience {
  package static let seconds = 600

  /// Waits until `condition` holds; false when it never does.
  package static func wait(until condition: () -> Bool) -> Bool {
    for _ in 0..<(seconds * 500) {
      if condition() { return true }
      usleep(2000)
    }
    return condition()
  }
}

extension Patience {
  /// A moment for others.
  package static func breathe() {
    usleep(2000)
  }
}
