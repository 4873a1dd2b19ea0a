internal import CUv
internal import Glibc
internal import Synchronization

/// One thread that waits for sockets and timers and runs the tasks that live on it.
///
///     turn:  uv timers -> settle { jobs; what ends a turn; again while there is more }
///            -> wait for descriptors -> their callbacks -> next turn
///
/// Callbacks only note what happened and resume tasks; `settle` runs them all before the loop
/// waits again, so what several callbacks of one turn caused is written with one system call.
package final class EventLoop: TaskExecutor, Sendable {
  /// What is to be done on the loop's thread.
  private enum Work {
    case job(UnownedJob)
    case action(@Sendable () -> Void)
  }

  private struct Inbox {
    var isOpen = true
    var work: [Work] = []
    /// An emptied array whose memory is used again.
    var spare: [Work] = []
    var turnEnds: [any TurnEnd] = []
    var residents: [ObjectIdentifier: any LoopResident] = [:]
    var wantsToStop = false
  }

  package let name: String
  private let inbox = Mutex(Inbox())
  private let thread = Atomic<UInt>(0)
  private let uv: Address
  private let wake: Address

  package init(name: String) throws(TransportFailure) {
    self.name = name
    // Writing to a peer that is gone is an error like any other; OpenSSL cannot say so itself.
    anyllm_ignore_broken_pipes()
    let loop = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
    let async = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    uv = unsafe Address(loop)
    wake = unsafe Address(async)
    guard unsafe uv_loop_init(loop) == 0 else {
      unsafe loop.deallocate()
      unsafe async.deallocate()
      throw TransportFailure(.local, "no event loop: too many open files?")
    }
    // The callback has nothing to do: waking up makes the loop settle.
    unsafe uv_async_init(loop, async) { _ in }
    let prepare = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
    unsafe uv_prepare_init(loop, prepare)
    unsafe prepare.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    unsafe uv_prepare_start(prepare) { handle in
      guard let owner = unsafe handle?.pointee.data else { return }
      unsafe Unmanaged<EventLoop>.fromOpaque(owner).takeUnretainedValue().settle()
    }
    var id: uv_thread_t = 0
    let started = unsafe uv_thread_create(
      &id,
      { owner in
        guard let owner = unsafe owner else { return }
        unsafe Unmanaged<EventLoop>.fromOpaque(owner).takeRetainedValue().main()
      }, Unmanaged.passRetained(self).toOpaque())
    guard started == 0 else {
      unsafe Unmanaged.passUnretained(self).release()
      throw TransportFailure(.local, "no thread for an event loop")
    }
    thread.store(UInt(id), ordering: .releasing)
    pthread_detach(id)
  }

  deinit {
    unsafe uv.pointer(to: uv_loop_t.self)?.deallocate()
    unsafe wake.pointer(to: uv_async_t.self)?.deallocate()
  }

  /// Starts a task that lives on this loop.
  package func run(_ operation: @escaping @Sendable () async -> Void) {
    Task(executorPreference: self) { await operation() }
  }

  /// How many processors this process may use.
  package static func processorCount() -> Int {
    max(1, Int(uv_available_parallelism()))
  }

  /// Ends the thread after closing what lives on the loop.
  ///
  /// Tasks that still wait are resumed first; what is enqueued later runs on the thread that
  /// enqueues it, so that nothing waits for ever.
  package func stop() {
    inbox.withLock { $0.wantsToStop = true }
    signal()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    submit(.job(UnownedJob(job)))
  }

  /// Whether the caller is on the loop's thread.
  var isCurrent: Bool {
    thread.load(ordering: .relaxed) == UInt(pthread_self())
  }

  /// Has `action` run on the loop's thread: at once when that is where the caller is.
  func perform(_ action: @escaping @Sendable () -> Void) {
    if isCurrent { action() } else { submit(.action(action)) }
  }

  /// Has `action` run on the loop's thread, after what runs now.
  func later(_ action: @escaping @Sendable () -> Void) {
    submit(.action(action))
  }

  /// Has `end` called once when this turn's jobs are done; for the loop's thread only.
  func atTurnEnd(_ end: any TurnEnd) {
    inbox.withLock { $0.turnEnds.append(end) }
  }

  /// Has `resident` told when the loop stops.
  func adopt(_ resident: any LoopResident) {
    inbox.withLock { $0.residents[ObjectIdentifier(resident)] = resident }
  }

  /// No longer tells `resident`.
  func dismiss(_ resident: any LoopResident) {
    inbox.withLock { _ = $0.residents.removeValue(forKey: ObjectIdentifier(resident)) }
  }

  /// The loop's clock: milliseconds, as of the beginning of this turn.
  var milliseconds: UInt64 {
    guard let loop = unsafe uv.pointer(to: uv_loop_t.self) else { return 0 }
    return unsafe uv_now(loop)
  }

  @unsafe var handle: UnsafeMutablePointer<uv_loop_t>? {
    unsafe uv.pointer(to: uv_loop_t.self)
  }

  private func submit(_ work: Work) {
    enum Next { case nothing, signal, runHere }
    let next = inbox.withLock { inbox -> Next in
      guard inbox.isOpen else { return .runHere }
      inbox.work.append(work)
      return inbox.work.count == 1 ? .signal : .nothing
    }
    switch next {
    case .nothing: break
    case .signal: if !isCurrent { signal() }
    case .runHere: run(work)
    }
  }

  private func signal() {
    guard let async = unsafe wake.pointer(to: uv_async_t.self) else { return }
    inbox.withLock { inbox in
      if inbox.isOpen { _ = unsafe uv_async_send(async) }
    }
  }

  private func run(_ work: Work) {
    switch work {
    case .job(let job): unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    case .action(let action): action()
    }
  }

  /// Runs the jobs that are there and those that they cause.
  ///
  /// Called where a C library waits for an answer that a task may have at once.
  func drain() {
    // The bound lets sockets have their turn beside tasks that never stop yielding.
    for _ in 0..<256 {
      var batch = inbox.withLock { inbox -> [Work] in
        let batch = inbox.work
        inbox.work = inbox.spare
        inbox.spare = []
        return batch
      }
      if batch.isEmpty {
        inbox.withLock { $0.spare = batch }
        return
      }
      for work in batch { run(work) }
      batch.removeAll(keepingCapacity: true)
      inbox.withLock { $0.spare = batch }
    }
    signal()
  }

  private func settle() {
    while true {
      drain()
      let ends = inbox.withLock { inbox -> [any TurnEnd] in
        guard !inbox.turnEnds.isEmpty else { return [] }
        let ends = inbox.turnEnds
        inbox.turnEnds.removeAll(keepingCapacity: true)
        return ends
      }
      if ends.isEmpty { break }
      for end in ends { end.turnEnded() }
    }
    if inbox.withLock({ $0.wantsToStop }), let loop = unsafe handle { unsafe uv_stop(loop) }
  }

  private func main() {
    thread.store(UInt(pthread_self()), ordering: .releasing)
    unsafe String(name.prefix(15)).withCString { unsafe anyllm_name_thread($0) }
    guard let loop = unsafe handle else { return }
    while !inbox.withLock({ $0.wantsToStop }) {
      unsafe uv_run(loop, UV_RUN_DEFAULT)
    }
    for resident in inbox.withLock({ $0.residents }).values { resident.loopEnds() }
    settle()
    unsafe uv_run(loop, UV_RUN_NOWAIT)
    // From here on nobody may signal; what is left runs once, here.
    let left = inbox.withLock { inbox -> [Work] in
      inbox.isOpen = false
      inbox.residents = [:]
      return inbox.work
    }
    for work in left { run(work) }
    unsafe closeHandles(of: loop)
  }

  private func closeHandles(of loop: UnsafeMutablePointer<uv_loop_t>) {
    unsafe uv_walk(
      loop,
      { handle, _ in
        guard let handle = unsafe handle, unsafe uv_is_closing(handle) == 0 else { return }
        // The wake-up handle is freed with the loop; `prepare` is the only other one left.
        if unsafe handle.pointee.type == UV_PREPARE {
          unsafe uv_close(handle) { unsafe $0?.deallocate() }
        } else {
          unsafe uv_close(handle, nil)
        }
      }, nil)
    unsafe uv_run(loop, UV_RUN_DEFAULT)
    unsafe uv_loop_close(loop)
  }
}

/// What wants to be called once when the jobs of a turn are done.
protocol TurnEnd: AnyObject, Sendable {
  func turnEnded()
}

/// What has handles on a loop that must be closed before the loop ends.
protocol LoopResident: AnyObject, Sendable {
  func loopEnds()
}
