// Tells the thread sanitizer what Synchronization.Mutex does when it is contended.
//
// The fast path of the mutex is compiled into our code and seen; the slow path lives in the
// toolchain's libswiftSynchronization, which is not instrumented, so that every contended lock
// looked like a race. These definitions stand in front of the library's, call them, and add the
// missing happens-before edge. Linked into the test program by scripts/test, and nowhere else.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

void __tsan_acquire(void *);
void __tsan_release(void *);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t owner, SELF void *handle) __asm__(LOCK_SLOW);
SWIFT bool try_lock_slow(SELF void *handle) __asm__(TRY_LOCK_SLOW);
SWIFT void unlock_slow(SELF void *handle) __asm__(UNLOCK_SLOW);

SWIFT void lock_slow(uint32_t owner, SELF void *handle) {
  typedef SWIFT void (*Original)(uint32_t, SELF void *);
  ((Original)dlsym(RTLD_NEXT, LOCK_SLOW))(owner, handle);
  __tsan_acquire(handle);
}

SWIFT bool try_lock_slow(SELF void *handle) {
  typedef SWIFT bool (*Original)(SELF void *);
  bool taken = ((Original)dlsym(RTLD_NEXT, TRY_LOCK_SLOW))(handle);
  if (taken) __tsan_acquire(handle);
  return taken;
}

SWIFT void unlock_slow(SELF void *handle) {
  typedef SWIFT void (*Original)(SELF void *);
  __tsan_release(handle);
  ((Original)dlsym(RTLD_NEXT, UNLOCK_SLOW))(handle);
}
