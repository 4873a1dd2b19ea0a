import Synchronization
import TestSupport
import Transport

/// A server on a port of its own that answers as the test says, and what is needed to talk to it.
final class Serving: Sendable {
  typealias Answer = @Sendable (ServerExchange) async -> Void

  private struct Responder: HTTPResponder {
    let answer: Answer

    func respond(to exchange: ServerExchange) async {
      await answer(exchange)
    }
  }

  let loops: [EventLoop]
  let server: HTTPServer

  init(
    _ options: ServerOptions = ServerOptions(), loops count: Int = 1, _ answer: @escaping Answer
  ) throws {
    loops = try (0..<count).map { try EventLoop(name: "test-\($0)") }
    server = try HTTPServer(
      options: options, loops: loops, responder: Responder(answer: answer))
  }

  deinit {
    server.close()
    for loop in loops { loop.stop() }
  }

  func connect(receiveBuffer: Int32? = nil) throws -> RawConnection {
    try RawConnection.connect(port: server.boundPort, receiveBuffer: receiveBuffer)
  }
}

extension ServerExchange {
  /// Answers with text.
  func say(_ text: String, status: Int = 200, _ fields: HTTPFields = [:]) {
    respond(status: status, fields: fields, body: Array(text.utf8))
  }

  /// The whole body as text, or why there is none.
  func bodyText(limit: Int = 1 << 26, budget: ByteBudget = ByteBudget(limit: 1 << 30)) async
    -> String
  {
    do {
      return String(decoding: try await readBody(limit: limit, budget: budget), as: UTF8.self)
    } catch {
      return "\(error)"
    }
  }
}

extension EventLoop {
  /// Runs a task on the loop and waits for what it gives.
  func value<Value: Sendable>(
    _ operation: @escaping @Sendable () async -> Value
  ) async -> Value {
    await withCheckedContinuation { continuation in
      run { continuation.resume(returning: await operation()) }
    }
  }
}

/// Blocking work for a test's peer, away from the threads that tasks need.
func blocking<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await OwnThread.run(work)
}

/// A path nobody else uses.
func temporaryPath(_ suffix: String) -> String {
  let name = Digest.randomBytes(8).map { String($0, radix: 16) }.joined()
  return "/tmp/anyllm-transport-\(name).\(suffix)"
}
