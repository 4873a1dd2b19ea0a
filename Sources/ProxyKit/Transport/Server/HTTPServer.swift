internal import Glibc
internal import Synchronization

/// Serves HTTP/1.1 on a port or a Unix socket, on one or several loops.
package final class HTTPServer: Sendable {
  private let options: ServerOptions
  private let parts: [ServingLoop]
  private let tally = ConnectionTally()
  private let port: Int
  private let isListening = Atomic<Bool>(true)

  /// Listens on every loop when it returns; a Unix socket is served by the first loop alone.
  package init(
    options: ServerOptions, loops: [EventLoop], responder: any HTTPResponder
  ) throws(TransportFailure) {
    precondition(!loops.isEmpty, "a server needs a loop")
    self.options = options
    let tls = try options.tls.map { tls throws(TransportFailure) in try TLSIdentity(tls) }
    var listeners: [Int32] = []
    var port = options.port
    do throws(TransportFailure) {
      if let descriptor = options.unixDescriptor {
        listeners.append(descriptor)
      } else if let path = options.unixPath {
        listeners.append(try ListeningSocket.unix(path: path))
      } else {
        for _ in loops {
          let listener = try ListeningSocket.tcp(host: options.host, port: port)
          listeners.append(listener)
          port = ListeningSocket.port(of: listener)
        }
      }
    } catch {
      for listener in listeners { Glibc.close(listener) }
      throw error
    }
    self.port = port
    var parts: [ServingLoop] = []
    for (loop, listener) in zip(loops, listeners) {
      parts.append(
        ServingLoop(
          loop: loop, options: options, listener: listener, tls: tls, responder: responder,
          tally: tally))
    }
    self.parts = parts
    let failures = Atomic<Int>(0)
    HTTPServer.onEach(parts) { part in
      if !part.start() { failures.add(1, ordering: .relaxed) }
    }
    guard failures.load(ordering: .relaxed) == 0 else {
      close()
      throw TransportFailure(.local, "the server does not start: too many open files?")
    }
  }

  /// The port that is listened on; 0 for a Unix socket.
  package var boundPort: Int {
    options.unixPath == nil && options.unixDescriptor == nil ? port : 0
  }

  /// How many clients are connected.
  package var connectionCount: Int {
    tally.current
  }

  /// Refuses new connections at once; open ones go on until their reply is done.
  package func stopAccepting() {
    guard isListening.exchange(false, ordering: .relaxed) else { return }
    tally.drain()
    HTTPServer.onEach(parts) { $0.stopAccepting() }
    if let path = options.unixPath { unsafe unlink(path) }
  }

  /// Ends everything.
  package func close() {
    stopAccepting()
    HTTPServer.onEach(parts) { $0.close() }
  }

  /// Has each part do something on its loop and waits for all.
  private static func onEach(
    _ parts: [ServingLoop], _ action: @escaping @Sendable (ServingLoop) -> Void
  ) {
    for part in parts {
      if part.loop.isCurrent {
        action(part)
        continue
      }
      let done = Gate()
      part.loop.perform {
        action(part)
        done.open()
      }
      done.wait()
    }
  }
}
