internal import CMicrohttpd
internal import Glibc

/// Where libmicrohttpd calls us; each finds the object it is about and asks it.
enum MHDCallbacks {
  /// Starts a daemon that calls `serving`, which must outlive it.
  static func start(_ serving: ServingLoop) -> OpaquePointer? {
    var flags =
      MHD_USE_EPOLL.rawValue | MHD_USE_NO_LISTEN_SOCKET.rawValue
      | MHD_ALLOW_SUSPEND_RESUME.rawValue
    let tls = serving.options.tls
    if tls != nil { flags |= MHD_USE_TLS.rawValue }
    let owner = unsafe Unmanaged.passUnretained(serving).toOpaque()
    func start(_ certificate: UnsafePointer<CChar>?, _ key: UnsafePointer<CChar>?) -> OpaquePointer?
    {
      // Headers up to the limit are shown to us to be refused in the caller's language; those
      // that are larger than the memory are refused by libmicrohttpd in its own.
      unsafe anyllm_mhd_start(
        flags, UInt32(Int32.max), max(2 * serving.options.headerBytes, 8192), certificate, key,
        access, connectionChanged, completed, targetCame, keepEscaped, owner)
    }
    guard let tls else { return unsafe start(nil, nil) }
    return unsafe tls.certificatePEM.withCString { certificate in
      unsafe tls.keyPEM.withCString { unsafe start(certificate, $0) }
    }
  }

  private static func serving(_ owner: UnsafeMutableRawPointer?) -> ServingLoop? {
    unsafe owner.map { unsafe Unmanaged<ServingLoop>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func exchange(_ owner: UnsafeMutableRawPointer?) -> ServerExchange? {
    unsafe owner.map { unsafe Unmanaged<ServerExchange>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func connection(_ wire: OpaquePointer?) -> ServerConnection? {
    guard let wire = unsafe wire, let owner = unsafe anyllm_mhd_socket_owner(wire) else {
      return nil
    }
    return unsafe Unmanaged<ServerConnection>.fromOpaque(owner).takeUnretainedValue()
  }

  private static let connectionChanged: MHD_NotifyConnectionCallback = { owner, wire, slot, event in
    guard let wire = unsafe wire, let slot = unsafe slot, let serving = unsafe serving(owner) else {
      return
    }
    if event == .CONNECTION_NOTIFY_STARTED {
      guard let connection = unsafe serving.opened(anyllm_mhd_descriptor(wire)) else { return }
      unsafe slot.pointee = unsafe Unmanaged.passRetained(connection).toOpaque()
    } else if let owner = unsafe slot.pointee {
      unsafe slot.pointee = nil
      unsafe serving.closed(Unmanaged<ServerConnection>.fromOpaque(owner).takeRetainedValue())
    }
  }

  /// The target as it came, before anything is cut off or decoded.
  private static let targetCame:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?)
      -> UnsafeMutableRawPointer? = { _, target, wire in
        guard let connection = unsafe connection(wire) else { return nil }
        guard let target = unsafe target else {
          connection.beginRequest(target: "", start: 0, length: 0)
          return nil
        }
        let text = unsafe String(cString: target)
        unsafe connection.beginRequest(
          target: text, start: UInt(bitPattern: target), length: strlen(target))
        return nil
      }

  private static let keepEscaped:
    @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?) -> Int =
      { _, _, text in unsafe text.map { unsafe strlen($0) } ?? 0 }

  private static let completed: MHD_RequestCompletedCallback = { _, _, slot, ending in
    guard let slot = unsafe slot, let owner = unsafe slot.pointee else { return }
    unsafe slot.pointee = nil
    let exchange = unsafe Unmanaged<ServerExchange>.fromOpaque(owner).takeRetainedValue()
    exchange.completed(
      ending == .REQUEST_TERMINATED_COMPLETED_OK
        ? .well
        : ending == .REQUEST_TERMINATED_WITH_ERROR ? .badly : .clientLeft)
  }

  private static let access: MHD_AccessHandlerCallback = {
    owner, wire, _, method, version, bytes, count, slot in
    guard let wire = unsafe wire, let slot = unsafe slot, let count = unsafe count,
      let method = unsafe method, let version = unsafe version,
      let serving = unsafe serving(owner), let connection = unsafe connection(wire)
    else { return .NO }
    guard let exchange = unsafe exchange(slot.pointee) else {
      return unsafe begin(serving, connection, wire, method, version, slot)
    }
    guard unsafe count.pointee > 0 else { return exchange.proceed() ? .YES : .NO }
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: count.pointee)
    unsafe count.pointee = 0
    return unsafe exchange.receive(piece) ? .YES : .NO
  }

  private static func begin(
    _ serving: ServingLoop, _ connection: ServerConnection, _ wire: OpaquePointer,
    _ method: UnsafePointer<CChar>, _ version: UnsafePointer<CChar>,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) -> MHD_Result {
    let target = connection.target(before: UInt(bitPattern: version))
    do throws(Refusal) {
      let (head, framing) = unsafe try head(serving, connection, wire, method, version, target)
      let exchange = unsafe ServerExchange(
        head: head, framing: framing, serving: serving, connection: connection,
        wire: Address(wire))
      unsafe slot.pointee = unsafe Unmanaged.passRetained(exchange).toOpaque()
      return exchange.begin() ? .YES : .NO
    } catch {
      connection.linger()
      connection.enter(.writing)
      let path = RequestTarget.split(target ?? "").path
      let (contentType, body) = serving.options.errorBody(error.status, path, error.message)
      let reply = MHDReply.whole(
        status: error.status, fields: ["Content-Type": contentType], body: body, closes: true)
      guard let reply = unsafe reply.opaque else { return .NO }
      defer { unsafe MHD_destroy_response(reply) }
      return unsafe MHD_queue_response(wire, UInt32(error.status), reply)
    }
  }

  private static func head(
    _ serving: ServingLoop, _ connection: ServerConnection, _ wire: OpaquePointer,
    _ method: UnsafePointer<CChar>, _ version: UnsafePointer<CChar>, _ target: String?
  ) throws(Refusal) -> (RequestHead, BodyFraming) {
    let name = unsafe String(cString: method)
    guard let target, !target.isEmpty, target.utf8.allSatisfy(\.isTargetByte) else {
      throw Refusal(status: 400, message: "the request's target has a byte it may not have")
    }
    guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenByte) else {
      throw Refusal(status: 400, message: "the request's method has a byte it may not have")
    }
    let size = unsafe anyllm_mhd_header_size(wire)
    guard size <= serving.options.headerBytes else {
      throw Refusal(
        status: 431, message: "the headers are larger than \(serving.options.headerBytes) bytes")
    }
    let (fields, framing) = unsafe try RequestReading.read(
      wire, start: UInt(bitPattern: method), size: UInt(size),
      isVersion10: strcmp(version, "HTTP/1.0") == 0)
    let (path, query) = RequestTarget.split(target)
    return (
      RequestHead(
        method: name, path: path, query: query, fields: fields, peer: connection.peer,
        isTLS: serving.options.tls != nil), framing
    )
  }
}

/// The two halves of a request's target.
enum RequestTarget {
  static func split(_ target: String) -> (path: String, query: String?) {
    guard let mark = target.utf8.firstIndex(of: 0x3F) else { return (target, nil) }
    return (String(target[..<mark]), String(target[target.utf8.index(after: mark)...]))
  }
}
