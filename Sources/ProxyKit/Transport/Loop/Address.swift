/// Where a C object lies: a number that may travel between threads, unlike a pointer.
///
/// Only its owner turns it back into a pointer, on the loop the object belongs to.
struct Address: Sendable, Equatable {
  let bits: UInt

  static let none = Address(bits: 0)

  init(bits: UInt) {
    self.bits = bits
  }

  init(_ pointer: UnsafeMutableRawPointer?) {
    bits = UInt(bitPattern: pointer)
  }

  init(_ pointer: OpaquePointer?) {
    bits = UInt(bitPattern: pointer)
  }

  init<Pointee>(_ pointer: UnsafeMutablePointer<Pointee>) {
    bits = UInt(bitPattern: pointer)
  }

  @unsafe var raw: UnsafeMutableRawPointer? {
    unsafe UnsafeMutableRawPointer(bitPattern: bits)
  }

  @unsafe var opaque: OpaquePointer? {
    unsafe OpaquePointer(bitPattern: bits)
  }

  @unsafe func pointer<Pointee>(to: Pointee.Type) -> UnsafeMutablePointer<Pointee>? {
    unsafe UnsafeMutablePointer<Pointee>(bitPattern: bits)
  }
}
