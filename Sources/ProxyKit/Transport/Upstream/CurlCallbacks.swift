internal import CCurl

/// Where curl calls us; each finds the object it is about and tells it.
enum CurlCallbacks {
  static let body:
    @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
      bytes, size, count, owner in
      guard let owner = unsafe owner else { return 0 }
      return unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().take(
        UnsafeRawBufferPointer(start: bytes, count: size * count))
    }

  static let head:
    @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
      bytes, size, count, owner in
      guard let owner = unsafe owner else { return 0 }
      let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
      let transfer = unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
      return unsafe transfer.takeHeadLine(line) ? line.count : 0
    }

  static let openSocket:
    @convention(c) (
      UnsafeMutableRawPointer?, curlsocktype, UnsafeMutablePointer<curl_sockaddr>?
    ) -> curl_socket_t = { owner, _, place in
      guard let owner = unsafe owner, let place = unsafe place else { return -1 }
      let transfer = unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
      if let mayConnect = transfer.request.mayConnect {
        var text = [CChar](repeating: 0, count: 64)
        guard unsafe anyllm_curl_address(place, &text, 64) == 0 else { return -1 }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        guard mayConnect(String(decoding: bytes, as: UTF8.self)) else { return -1 }
      }
      return unsafe anyllm_curl_open(place)
    }

  static let closeSocket: @convention(c) (UnsafeMutableRawPointer?, curl_socket_t) -> Int32 = {
    owner, socket in
    guard let owner = unsafe owner else { return 1 }
    unsafe Unmanaged<CurlCarrier>.fromOpaque(owner).takeUnretainedValue().closeSocket(socket)
    return 0
  }

  static let socket:
    @convention(c) (
      UnsafeMutableRawPointer?, curl_socket_t, Int32, UnsafeMutableRawPointer?,
      UnsafeMutableRawPointer?
    ) -> Int32 = { _, socket, what, owner, _ in
      guard let owner = unsafe owner else { return 0 }
      var events: SocketWatch.Events = []
      if what == CURL_POLL_IN || what == CURL_POLL_INOUT { events.insert(.readable) }
      if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { events.insert(.writable) }
      unsafe Unmanaged<CurlCarrier>.fromOpaque(owner).takeUnretainedValue().watch(socket, events)
      return 0
    }

  static let timer:
    @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Int32 = {
      _, milliseconds, owner in
      guard let owner = unsafe owner else { return 0 }
      unsafe Unmanaged<CurlCarrier>.fromOpaque(owner).takeUnretainedValue().setTimer(
        milliseconds)
      return 0
    }
}
