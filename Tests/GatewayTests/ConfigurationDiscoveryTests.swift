import Glibc
import Testing

@testable import Gateway

@Suite struct `With no backend configured` {
  private let ollama = LocalServer(port: 11_434, models: ["nomic-embed-text", "qwen3:8b", "x"])

  @Test func `the demo backend answers and says how to have another`() {
    let loaded = loaded()
    #expect(loaded.settings?.backends == [.demo])
    #expect(loaded.settings?.defaultBackend == "demo")
    #expect(loaded.settings?.mappings == [])
    #expect(loaded.notices.count == 1)
    #expect(loaded.notices[0].contains("ANTHROPIC_API_KEY"))
    #expect(loaded.goal(of: "claude-opus-4-6") == "demo:claude-opus-4-6")
  }

  @Test func `each key in the environment becomes a backend for its family of names`() {
    let loaded = loaded(
      nil, ["ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "o", "GEMINI_API_KEY": "g"],
      servers: [ollama])
    #expect(
      loaded.settings?.backends.map(\.name) == ["anthropic", "openai", "gemini", "ollama"])
    #expect(
      loaded.notices == [
        "found ANTHROPIC_API_KEY: backend `anthropic` serves claude-*",
        "found OPENAI_API_KEY: backend `openai` serves gpt-*",
        "found GEMINI_API_KEY: backend `gemini` serves gemini-*",
        "found a server at localhost:11434: backend `ollama` serves nomic-embed-text and 2 more",
      ])
    #expect(loaded.goal(of: "claude-haiku-4-5") == "anthropic:claude-haiku-4-5")
    #expect(loaded.goal(of: "gpt-5.1-codex") == "openai:gpt-5.1-codex")
    #expect(loaded.goal(of: "o4-mini") == "openai:o4-mini")
    #expect(loaded.goal(of: "gemini-2.5-pro") == "gemini:gemini-2.5-pro")
    #expect(loaded.goal(of: "qwen3:8b") == "ollama:qwen3:8b")
    #expect(loaded.goal(of: "anything-else") == "anthropic:anything-else")
  }

  @Test func `a key alone serves Claude names by its vendor's models`() {
    let loaded = loaded(nil, ["OPENAI_API_KEY": "o"])
    #expect(loaded.goal(of: "claude-opus-4-6") == "openai:gpt-4o")
    #expect(
      loaded.rules == [
        "*haiku*=openai:gpt-4o-mini", "*sonnet*=openai:gpt-4o", "*opus*=openai:gpt-4o",
        "*fable*=openai:gpt-4o",
      ])
  }

  @Test func `a local server serves Claude names by its first chat model`() {
    let loaded = loaded(servers: [ollama])
    #expect(loaded.settings?.defaultBackend == "ollama")
    #expect(loaded.goal(of: "claude-haiku-4-5") == "ollama:qwen3:8b")
    #expect(loaded.goal(of: "x") == "ollama:x")
  }

  @Test func `an address without a key is a backend when it is OpenAI's`() {
    let open = loaded(nil, ["OPENAI_BASE_URL": "http://box:8000"])
    #expect(open.settings?.backends.map(\.baseURL) == ["http://box:8000/v1"])
    #expect(open.notices.contains { $0.contains("go unchanged to backend `openai`") })
    let other = loaded(nil, ["ANTHROPIC_BASE_URL": "http://box:8000"])
    #expect(other.settings?.backends == [.demo])
    #expect(other.notices.contains { $0.hasPrefix("ANTHROPIC_BASE_URL is set without a key") })
  }

  @Test func `an address that is our own is no backend`() {
    let loaded = loaded(
      nil,
      ["ANTHROPIC_BASE_URL": "http://localhost:3000", "ANTHROPIC_AUTH_TOKEN": "sk-ours"])
    #expect(loaded.settings?.backends == [.demo])
    #expect(loaded.notices.contains { $0.hasPrefix("ANTHROPIC_BASE_URL leads to this gateway") })
  }

  @Test func `our own port is not asked`() {
    let loaded = loaded(nil, ["LISTEN_PORT": "11434"], servers: [ollama])
    #expect(loaded.settings?.backends == [.demo])
  }

  @Test func `a file with backends ends the search`() {
    let loaded = loaded("backends: {d: {kind: demo}}", ["OPENAI_API_KEY": "o"], servers: [ollama])
    #expect(loaded.settings?.backends.map(\.name) == ["d"])
    #expect(loaded.notices == [])
  }
}

@Suite struct `The search for local servers` {
  @Test(arguments: [
    ("HTTP/1.0 200 OK\r\n\r\n{\"data\":[{\"id\":\"a\"},{\"id\":\"b:1\"}]}", ["a", "b:1"]),
    ("HTTP/1.1 200 OK\r\nX: y\r\n\r\n{\"object\":\"list\",\"data\":[]}", []),
    ("HTTP/1.1 404 Not Found\r\n\r\n{\"data\":[]}", nil),
    ("HTTP/1.0 200 OK\r\n\r\n<html>{}</html>", nil), ("SSH-2.0-OpenSSH\r\n", nil), ("", nil),
  ])
  func `believes only a list of models`(reply: String, models: [String]?) {
    #expect(LocalServerProbe.models(in: Array(reply.utf8)) == models)
  }

  @Test func `finds who answers and not who is silent or away`() async throws {
    let listener = try #require(Listener())
    let silent = try #require(Listener())
    let away = try #require(Listener())
    away.stop()
    async let found = LocalServerProbe.run(
      ports: [away.port, listener.port], connectLimit: .seconds(20), replyLimit: .seconds(20))
    listener.answerOnce("HTTP/1.0 200 OK\r\n\r\n{\"data\": [{\"id\": \"m\"}]}")
    #expect(await found == [LocalServer(port: listener.port, models: ["m"])])
    #expect(LocalServerProbe.run(ports: [silent.port], replyLimit: .milliseconds(20)) == [])
  }
}

/// A listening socket of a test on an ephemeral port.
private final class Listener: Sendable {
  let descriptor: Int32
  let port: Int

  init?() {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = self.descriptor
    let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, size) == 0 && listen(descriptor, 4) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    guard isReady else { return nil }
  }

  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  deinit { close(descriptor) }

  /// Blocks until somebody asks.
  func answerOnce(_ text: String) {
    let client = accept(descriptor, nil, nil)
    var request = [UInt8](repeating: 0, count: 4096)
    _ = unsafe request.withUnsafeMutableBytes {
      unsafe recv(client, $0.baseAddress, $0.count, 0)
    }
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe send(client, $0.baseAddress, $0.count, 0) }
    close(client)
  }
}
