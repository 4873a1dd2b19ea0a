internal import Glibc

extension OwnThread {
  /// A number for the thread this runs on.
  package static var current: UInt {
    UInt(pthread_self())
  }
}
