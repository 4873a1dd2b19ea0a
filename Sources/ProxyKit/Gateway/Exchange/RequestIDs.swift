internal import Synchronization
internal import Transport

/// Makes ids that no other request of this installation has.
final class RequestIDs: Sendable {
  private let prefix: String
  private let counter = Atomic<UInt64>(0)

  init() {
    let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")
    prefix = "req_" + String(Digest.randomBytes(10).map { digits[Int($0) & 31] })
  }

  func next() -> String {
    let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
    let digits = String(number, radix: 32)
    return prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// Whether a client's id can be logged and sent back as it is.
  static func isFit(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 128 && id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}
