import Glibc
import TestSupport

/// A server with TLS that serves only clients whose certificate it was told to trust: OpenSSL's own,
/// as a process beside the test.
@safe struct DemandingServer {
  private let output: UnsafeMutablePointer<FILE>
  private let process: pid_t
  let port: Int

  /// Answers every `GET` with 200.
  init(_ own: TestCertificate, trusting trusted: TestCertificate, in scratch: ScratchDirectory)
    throws
  {
    let certificate = scratch.write(own.certificatePEM, to: "server.pem")
    let key = scratch.write(own.keyPEM, to: "server-key.pem")
    let trust = scratch.write(trusted.certificatePEM, to: "trusted.pem")
    let command =
      "echo $$; exec openssl s_server -accept 127.0.0.1:0 -cert \(certificate) -key \(key)"
      + " -CAfile \(trust) -Verify 1 -verify_return_error -www 2>&1 < /dev/null"
    guard let output = unsafe popen(command, "r") else { throw SocketError("no shell") }
    unsafe self.output = unsafe output
    process = unsafe Self.line(of: output).flatMap { pid_t($0) } ?? 0
    let greeting = "ACCEPT 127.0.0.1:"
    var found: Int?
    while found == nil, let line = unsafe Self.line(of: output) {
      if line.hasPrefix(greeting) { found = Int(line.dropFirst(greeting.count)) }
    }
    guard let found else {
      unsafe pclose(output)
      throw SocketError("no server")
    }
    port = found
  }

  func stop() {
    // A child inherits the signals that the test's process keeps from its threads.
    if process > 0 { kill(process, SIGKILL) }
    unsafe pclose(output)
  }

  private static func line(of file: UnsafeMutablePointer<FILE>) -> String? {
    var bytes: [UInt8] = []
    while true {
      let byte = unsafe fgetc(file)
      guard byte >= 0 else { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
      if byte == 10 { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
  }
}
