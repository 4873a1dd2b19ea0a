internal import Synchronization
internal import Transport

/// Makes ids that no other request of this installation has.
final class RequestIDs: Sendable {
  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  private let prefix: [UInt8]
  private let counter = Atomic<UInt64>(0)

  init() {
    prefix =
      Array("req_".utf8) + Digest.randomBytes(10).map { Self.digits[Int($0) & 31] }
  }

  func next() -> String {
    let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
    var id = prefix
    id.reserveCapacity(prefix.count + 13)
    var shift: UInt64 = 60
    while shift > 25, number >> shift == 0 { shift -= 5 }
    while true {
      id.append(Self.digits[Int(number >> shift) & 31])
      if shift == 0 { return String(decoding: id, as: UTF8.self) }
      shift -= 5
    }
  }

  /// Whether a client's id can be logged and sent back as it is.
  static func isFit(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 128 && id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}
