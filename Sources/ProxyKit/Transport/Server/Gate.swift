internal import Glibc

/// Holds a thread up until another opens it; for starting and stopping only.
final class Gate: Sendable {
  private let semaphore: Address

  init() {
    let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    unsafe sem_init(semaphore, 0, 0)
    self.semaphore = unsafe Address(semaphore)
  }

  deinit {
    guard let semaphore = unsafe semaphore.pointer(to: sem_t.self) else { return }
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func open() {
    guard let semaphore = unsafe semaphore.pointer(to: sem_t.self) else { return }
    unsafe sem_post(semaphore)
  }

  func wait() {
    guard let semaphore = unsafe semaphore.pointer(to: sem_t.self) else { return }
    while unsafe sem_wait(semaphore) != 0 {}
  }
}
