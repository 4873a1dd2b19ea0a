internal import CCurl

/// The owner of one libcurl easy handle and its header list.
@safe
final class EasyHandle {
  private let handle: UnsafeMutableRawPointer
  private var fields: UnsafeMutablePointer<curl_slist>?

  /// Nil when libcurl has no memory.
  init?() {
    // A Unix socket needs no TLS; leaving it out spares its start-up.
    guard curl_global_init(Int(CURL_GLOBAL_NOTHING)) == CURLE_OK,
      let handle = unsafe curl_easy_init()
    else { return nil }
    unsafe self.handle = handle
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe curl_slist_free_all(fields)
  }

  func set(_ option: CURLoption, _ value: Int) {
    _ = unsafe blocking_curl_set_number(handle, option, value)
  }

  func set(_ option: CURLoption, _ value: String) {
    _ = unsafe blocking_curl_set_text(handle, option, value)
  }

  func setBody(_ bytes: [UInt8]) {
    // libcurl copies the bytes.
    _ = unsafe bytes.withUnsafeBytes { body in
      unsafe blocking_curl_set_body(handle, body.baseAddress, body.count)
    }
  }

  /// Sets the header lines; false when libcurl has no memory.
  func set(fields lines: [String]) -> Bool {
    for line in lines {
      guard let longer = unsafe curl_slist_append(fields, line) else { return false }
      unsafe fields = longer
    }
    return unsafe blocking_curl_set_fields(handle, fields) == CURLE_OK
  }

  /// Runs the transfer; head and body go to `transfer` while it runs.
  func perform(for transfer: BlockingTransfer) -> CURLcode {
    // `transfer` outlives the call, so an unretained reference is enough.
    let receiver = unsafe Unmanaged.passUnretained(transfer).toOpaque()
    _ = unsafe blocking_curl_set_receivers(handle, receiveHead, receiveBody, receiver)
    _ = unsafe blocking_curl_set_watch(handle, watchSilence, receiver)
    return unsafe curl_easy_perform(handle)
  }

  func number(_ info: CURLINFO) -> Int {
    unsafe blocking_curl_number(handle, info)
  }

  func seconds(_ info: CURLINFO) -> Double {
    unsafe blocking_curl_seconds(handle, info)
  }

  func words(for code: CURLcode) -> String {
    unsafe String(cString: curl_easy_strerror(code))
  }
}

private func received(
  _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ receiver: UnsafeMutableRawPointer?
) -> (transfer: BlockingTransfer, bytes: [UInt8])? {
  guard let receiver = unsafe receiver, let bytes = unsafe bytes else { return nil }
  return (
    unsafe Unmanaged<BlockingTransfer>.fromOpaque(receiver).takeUnretainedValue(),
    unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
  )
}

private let receiveHead: blocking_curl_receive = { bytes, size, count, receiver in
  guard let head = unsafe received(bytes, size * count, receiver) else { return 0 }
  head.transfer.receive(head: head.bytes)
  return size * count
}

private let receiveBody: blocking_curl_receive = { bytes, size, count, receiver in
  guard let body = unsafe received(bytes, size * count, receiver) else { return 0 }
  // Anything but the full count ends the transfer; an empty piece must not look like that.
  return body.transfer.receive(body: body.bytes) ? size * count : size * count + 1
}

private let watchSilence: blocking_curl_watch = { receiver, _, _, _, _ in
  guard let receiver = unsafe receiver else { return 1 }
  let transfer = unsafe Unmanaged<BlockingTransfer>.fromOpaque(receiver).takeUnretainedValue()
  return transfer.isTooSilent() ? 1 : 0
}
