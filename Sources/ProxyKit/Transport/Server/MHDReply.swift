internal import CMicrohttpd

/// Makes libmicrohttpd's reply objects; the caller destroys each after queueing it.
enum MHDReply {
  /// A reply whose body is here.
  static func whole(status: Int, fields: HTTPFields, body: [UInt8], closes: Bool) -> Address {
    let reply = unsafe body.withUnsafeBytes { bytes in
      unsafe MHD_create_response_from_buffer(
        bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let reply = unsafe reply else { return .none }
    unsafe add(fields, to: reply, closes: closes)
    return unsafe Address(reply)
  }

  /// A reply whose body `exchange` gives piece by piece.
  static func stream(_ exchange: ServerExchange, fields: HTTPFields, closes: Bool) -> Address {
    let owner = unsafe Unmanaged.passRetained(exchange).toOpaque()
    let reply = unsafe MHD_create_response_from_callback(
      UInt64.max, 4096,
      { owner, _, buffer, size in
        guard let owner = unsafe owner, let buffer = unsafe buffer else { return -2 }
        let exchange = unsafe Unmanaged<ServerExchange>.fromOpaque(owner).takeUnretainedValue()
        switch unsafe exchange.give(UnsafeMutableRawBufferPointer(start: buffer, count: size)) {
        case .bytes(let count): return count
        case .end: return -1  // MHD_CONTENT_READER_END_OF_STREAM
        case .broken: return -2  // MHD_CONTENT_READER_END_WITH_ERROR
        }
      }, unsafe owner,
      { owner in
        guard let owner = unsafe owner else { return }
        unsafe Unmanaged<ServerExchange>.fromOpaque(owner).release()
      })
    guard let reply = unsafe reply else {
      unsafe Unmanaged<ServerExchange>.fromOpaque(owner).release()
      return .none
    }
    unsafe add(fields, to: reply, closes: closes)
    return unsafe Address(reply)
  }

  private static func add(_ fields: HTTPFields, to reply: OpaquePointer, closes: Bool) {
    if closes { unsafe MHD_add_response_header(reply, "Connection", "close") }
    for (name, value) in fields where ReplyHeader.isCarried(name) {
      unsafe MHD_add_response_header(reply, name, ReplyHeader.sanitised(value))
    }
  }
}
