internal import Glibc

/// A promise that did not hold.
package enum Breach {
  /// Says what is wrong and stops the process, which libFuzzer takes for a crash.
  package static func found(_ what: String) -> Never {
    var line = Array("\nBREACH: \(what)\n".utf8)
    unsafe line.withUnsafeMutableBytes { bytes in
      _ = unsafe write(2, bytes.baseAddress, bytes.count)
    }
    abort()
  }
}

/// Stops the process when the promise does not hold.
package func promise(_ holds: Bool, _ what: @autoclosure () -> String) {
  if !holds { Breach.found(what()) }
}

extension [UInt8] {
  /// For a message: the bytes as text.
  package var shown: String { String(decoding: self, as: UTF8.self) }
}
