internal import CCurl

/// One curl handle, used for one transfer after another.
///
/// Options stay on the handle; only what differs from the transfer before is set again. Whoever
/// uses it is on the loop of its client.
struct EasyHandle {
  /// What stays the same for most transfers to a deployment.
  private struct Route: Equatable {
    var method = ""
    var hasBody = false
    var connectTimeout: UInt64 = 0
    var proxy: String?
    var caFile: String?
    var certificate: String?
    var key: String?
    var unixSocketPath: String?
    var decodesCompression = false
    var isGuarded = false
  }

  let address: Address
  private var route = Route()
  private var url = ""
  private var fields = HTTPFields()
  private var decodes = false
  private var headers = HeaderList()
  /// Where curl says in words what went wrong.
  private let words: Address

  init?(carrier: CurlCarrier) {
    guard let easy = unsafe curl_easy_init() else { return nil }
    address = unsafe Address(easy)
    let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    self.words = unsafe Address(words)
    unsafe anyllm_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, words)
    let owner = unsafe Unmanaged.passUnretained(carrier).toOpaque()
    func set(_ option: CURLoption, _ value: Int) {
      unsafe anyllm_curl_set_long(easy, option, value)
    }
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_BUFFERSIZE, 65_536)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    unsafe anyllm_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    // Without this the environment decides.
    unsafe anyllm_curl_set_text(easy, CURLOPT_PROXY, "")
    unsafe anyllm_curl_set_writer(easy, CURLOPT_WRITEFUNCTION, CurlCallbacks.body)
    unsafe anyllm_curl_set_writer(easy, CURLOPT_HEADERFUNCTION, CurlCallbacks.head)
    unsafe anyllm_curl_set_closer(easy, CurlCallbacks.closeSocket)
    unsafe anyllm_curl_set_pointer(easy, CURLOPT_CLOSESOCKETDATA, owner)
  }

  /// Makes it carry `transfer`, whose body it points into.
  mutating func load(_ transfer: Transfer) {
    guard let easy = unsafe address.raw else { return }
    let request = transfer.request
    if url != request.url {
      url = request.url
      unsafe anyllm_curl_set_text(easy, CURLOPT_URL, url)
    }
    unsafe follow(request, easy)
    if headers.isEmpty || fields != request.fields || decodes != request.decodesCompression {
      decodes = request.decodesCompression
      fields = request.fields
      headers.fill(request)
      unsafe anyllm_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headers.first)
    }
    if !request.body.isEmpty || request.method == "POST" {
      unsafe anyllm_curl_set_offset(
        easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
      // The transfer keeps the array, and nobody changes it: its bytes stay where they are.
      unsafe request.body.withUnsafeBytes { bytes in
        _ = unsafe anyllm_curl_set_pointer(
          easy, CURLOPT_POSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(easy))
      }
    }
    let owner = unsafe Unmanaged.passUnretained(transfer).toOpaque()
    unsafe anyllm_curl_set_pointer(easy, CURLOPT_WRITEDATA, owner)
    unsafe anyllm_curl_set_pointer(easy, CURLOPT_HEADERDATA, owner)
    unsafe anyllm_curl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, owner)
  }

  /// Gives the handle back to curl.
  mutating func close() {
    if let easy = unsafe address.raw { unsafe curl_easy_cleanup(easy) }
    headers.free()
    unsafe words.pointer(to: CChar.self)?.deallocate()
  }

  /// What curl says went wrong.
  var complaint: String {
    unsafe words.pointer(to: CChar.self).map { unsafe String(cString: $0) } ?? ""
  }

  private mutating func follow(_ request: UpstreamRequest, _ easy: UnsafeMutableRawPointer) {
    let next = Route(
      method: request.method, hasBody: !request.body.isEmpty,
      connectTimeout: request.connectTimeout, proxy: request.proxy, caFile: request.caFile,
      certificate: request.clientCertificate?.path, key: request.clientCertificate?.key,
      unixSocketPath: request.unixSocketPath, decodesCompression: request.decodesCompression,
      isGuarded: request.mayConnect != nil && request.proxy == nil)
    guard next != route else { return }
    if next.method != route.method || next.hasBody != route.hasBody { unsafe speak(next, easy) }
    if next.isGuarded != route.isGuarded { unsafe setGuard(next.isGuarded, easy) }
    route = next
    unsafe anyllm_curl_set_long(
      easy, CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, next.connectTimeout)))
    unsafe anyllm_curl_set_text(easy, CURLOPT_PROXY, next.proxy ?? "")
    unsafe setOrClear(easy, CURLOPT_SSLCERT, next.certificate)
    unsafe setOrClear(easy, CURLOPT_SSLKEY, next.key)
    unsafe setOrClear(easy, CURLOPT_UNIX_SOCKET_PATH, next.unixSocketPath)
    unsafe setOrClear(easy, CURLOPT_ACCEPT_ENCODING, next.decodesCompression ? "identity" : nil)
    unsafe setOrClear(easy, CURLOPT_CAINFO, next.caFile ?? SystemCertificates.file)
  }

  /// A connection that somebody else opened was not asked about, and is left to them.
  private func setGuard(_ isGuarded: Bool, _ easy: UnsafeMutableRawPointer) {
    unsafe anyllm_curl_set_opener(easy, isGuarded ? CurlCallbacks.openSocket : nil)
    unsafe anyllm_curl_set_long(easy, CURLOPT_FRESH_CONNECT, isGuarded ? 1 : 0)
    unsafe anyllm_curl_set_long(easy, CURLOPT_FORBID_REUSE, isGuarded ? 1 : 0)
  }

  private func speak(_ next: Route, _ easy: UnsafeMutableRawPointer) {
    unsafe anyllm_curl_set_long(easy, CURLOPT_NOBODY, 0)
    if next.method == "HEAD" {
      unsafe anyllm_curl_set_long(easy, CURLOPT_NOBODY, 1)
    } else if next.hasBody || next.method == "POST" {
      unsafe anyllm_curl_set_long(easy, CURLOPT_POST, 1)
    } else {
      unsafe anyllm_curl_set_long(easy, CURLOPT_HTTPGET, 1)
    }
    let isUsual = ["GET", "HEAD"].contains(next.method) ? !next.hasBody : next.method == "POST"
    unsafe setOrClear(easy, CURLOPT_CUSTOMREQUEST, isUsual ? nil : next.method)
  }

  private func setOrClear(
    _ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: String?
  ) {
    if let value {
      unsafe anyllm_curl_set_text(easy, option, value)
    } else {
      unsafe anyllm_curl_set_text(easy, option, nil)
    }
  }
}

/// Where curl looks for authorities when nothing else is said.
private enum SystemCertificates {
  static let file: String? = {
    guard let path = unsafe anyllm_curl_authorities() else { return nil }
    return unsafe String(cString: path)
  }()
}

/// The header lines of a request as curl wants them, in one piece of memory.
struct HeaderList {
  private var memory = Address.none

  var isEmpty: Bool { memory == .none }

  var first: UnsafeMutableRawPointer? { unsafe memory.raw }

  /// Forgets the lines before and has those of `fields`.
  mutating func fill(_ request: UpstreamRequest) {
    free()
    let fields = request.fields
    // A name with nothing after its colon keeps curl from adding a field of its own.
    var suppressed = ["Expect:"]
    if !fields.contains("accept") { suppressed.append("Accept:") }
    if !fields.contains("content-type") { suppressed.append("Content-Type:") }
    if !fields.contains("user-agent") { suppressed.append("User-Agent:") }
    var lines = suppressed.count
    var bytes = suppressed.reduce(0) { $0 + $1.utf8.count + 1 } + fields.wireCount
    unsafe fields.forEachBytes { name, _ in
      if unsafe HeaderList.isCarried(name, request) { lines += 1 }
    }
    bytes += lines
    let node = unsafe MemoryLayout<curl_slist>.stride
    let block = unsafe UnsafeMutableRawPointer.allocate(
      byteCount: lines * node + bytes, alignment: MemoryLayout<curl_slist>.alignment)
    memory = unsafe Address(block)
    var writer = unsafe Writer(block: block, lines: lines)
    unsafe fields.forEachBytes { name, value in
      guard unsafe HeaderList.isCarried(name, request) else { return }
      writer.begin()
      unsafe writer.put(name)
      // A field without a value is said with a semicolon.
      unsafe writer.put(byte: value.isEmpty ? 0x3B : 0x3A)
      if unsafe !value.isEmpty { writer.put(byte: 0x20) }
      unsafe writer.put(value)
      writer.put(byte: 0)
    }
    for line in suppressed {
      writer.begin()
      unsafe Array(line.utf8).withUnsafeBytes { unsafe writer.put($0) }
      writer.put(byte: 0)
    }
  }

  mutating func free() {
    unsafe memory.raw?.deallocate()
    memory = .none
  }

  /// Lengths, codings and the connection are curl's own.
  static func isCarried(_ name: UnsafeRawBufferPointer, _ request: UpstreamRequest) -> Bool {
    unsafe HopByHop.isCarried(name) && !name.isCalled("expect")
      && !(request.decodesCompression && name.isCalled("accept-encoding"))
  }

  @safe
  private struct Writer {
    let nodes: UnsafeMutablePointer<curl_slist>
    let lines: Int
    var line = 0
    var text: UnsafeMutableRawPointer

    init(block: UnsafeMutableRawPointer, lines: Int) {
      unsafe nodes = unsafe block.bindMemory(to: curl_slist.self, capacity: lines)
      unsafe text = unsafe block + lines * MemoryLayout<curl_slist>.stride
      self.lines = lines
    }

    mutating func begin() {
      let next = unsafe line + 1 < lines ? nodes + line + 1 : nil
      unsafe (nodes + line).initialize(
        to: curl_slist(data: text.assumingMemoryBound(to: CChar.self), next: next))
      line += 1
    }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
      // A line end would begin a header of the caller's making.
      for at in bytes.indices { unsafe put(byte: bytes[at].isFieldByte ? bytes[at] : 0x20) }
    }

    mutating func put(byte: UInt8) {
      unsafe text.storeBytes(of: byte, as: UInt8.self)
      unsafe text += 1
    }
  }
}
