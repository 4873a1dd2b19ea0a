internal import Synchronization

/// How many bytes of bodies may lie in memory at once, shared by all exchanges.
package final class ByteBudget: Sendable {
  package let limit: Int
  private let taken = Atomic<Int>(0)

  package init(limit: Int) {
    self.limit = limit
  }

  package var used: Int {
    taken.load(ordering: .relaxed)
  }

  /// Takes `n` bytes, or nothing when fewer are left.
  package func take(_ n: Int) -> Bool {
    var current = taken.load(ordering: .relaxed)
    while true {
      let (sum, overflow) = current.addingReportingOverflow(n)
      guard !overflow, sum <= limit else { return false }
      let result = taken.weakCompareExchange(
        expected: current, desired: sum, ordering: .relaxed)
      if result.exchanged { return true }
      current = result.original
    }
  }

  /// Gives back what `take` took.
  package func give(_ n: Int) {
    taken.subtract(n, ordering: .relaxed)
  }
}
