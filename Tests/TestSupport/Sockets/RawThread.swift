internal import Glibc

/// Threads of tests that block, so that they do not take those tasks run on.
package enum RawThread {
  private final class Work: Sendable {
    let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) {
      self.action = action
    }
  }

  /// Runs `action` on a thread of its own.
  package static func start(_ action: @escaping @Sendable () -> Void) {
    var id = pthread_t()
    let owner = unsafe Unmanaged.passRetained(Work(action)).toOpaque()
    let result = unsafe pthread_create(
      &id, nil,
      { owner in
        guard let owner = unsafe owner else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(owner).takeRetainedValue().action()
        return nil
      }, owner)
    if result == 0 {
      pthread_detach(id)
    } else {
      unsafe Unmanaged<Work>.fromOpaque(owner).release()
    }
  }
}
