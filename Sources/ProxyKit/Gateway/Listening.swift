internal import ControlPlane
internal import Dialects
internal import Transport

extension RunningGateway {
  /// Opens the public ports and, last, the control socket.
  func listen(_ settings: Settings) throws(StartFailure) {
    var servers: [HTTPServer] = []
    do throws(TransportFailure) {
      for address in settings.listen {
        servers.append(
          try HTTPServer(
            options: try options(settings, address), loops: loops,
            responder: PublicPort(house: house)))
      }
      servers.append(
        try HTTPServer(
          options: controlOptions(), loops: [controlLoop], responder: ControlPort(cockpit: self)))
    } catch {
      for server in servers { server.close() }
      throw StartFailure(problems: [error.message])
    }
    open(servers)
  }

  private func options(
    _ settings: Settings, _ address: Settings.ListenAddress
  ) throws(TransportFailure) -> ServerOptions {
    var tls: ServerOptions.TLS?
    if let certificate = address.tlsCertificate, let key = address.tlsKey {
      tls = ServerOptions.TLS(
        certificatePEM: try text(certificate), keyPEM: try text(key))
    }
    return ServerOptions(
      host: address.host, port: address.port, tls: tls,
      maximumConnections: settings.limits.connections, headerBytes: settings.limits.headerBytes,
      idleTimeout: settings.limits.clientIdleTimeout, headerTimeout: settings.limits.headerTimeout,
      errorBody: Self.dress)
  }

  private func controlOptions() throws(TransportFailure) -> ServerOptions {
    do throws(ControlFailure) {
      return ServerOptions(
        unixDescriptor: try claim.listen(), maximumConnections: 64, headerBytes: 8 << 10,
        idleTimeout: .seconds(30),
        errorBody: { _, _, message in
          ("application/json", ControlRoutes.errorBody(ControlFailure(.invalid, message)))
        })
    } catch {
      throw TransportFailure(.local, "\(error.message). \(error.hint)")
    }
  }

  private func text(_ path: String) throws(TransportFailure) -> String {
    guard case .bytes(let bytes) = FileContents.read(path) else {
      throw TransportFailure(.address, "cannot read `\(path)`; check the path and its mode")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A refusal that the server itself makes, in the language of the path.
  private static let dress: ServerOptions.ErrorBody = { status, path, message in
    let dialect: Dialect = path.contains("/v1/messages") ? .anthropic : .chat
    let kind: Failure.Kind = status == 413 || status == 431 ? .tooLarge : .invalidRequest
    let failure = Failure(kind, origin: .client, status: status, message)
    return ("application/json", dialect.codec.encodeFailure(failure, requestID: ""))
  }
}
