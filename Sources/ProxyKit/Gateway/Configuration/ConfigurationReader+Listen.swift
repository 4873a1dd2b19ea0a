extension ConfigurationReader {
  /// `listen` is `host:port`, a mapping with TLS files, or a list of either.
  mutating func listen(_ root: Section, into draft: inout SettingsDraft) {
    guard let node = root.node("listen") else { return }
    draft.listenPlace = place(node.mark)
    let items = node.items ?? [node]
    var addresses: [Settings.ListenAddress] = []
    for (index, item) in items.enumerated() {
      let path = node.items == nil ? "listen" : "listen[\(index)]"
      if let address = address(item, path: path) { addresses.append(address) }
    }
    if items.isEmpty {
      findings.refuse(
        "listen is an empty list", at: draft.listenPlace, remedy: "write 127.0.0.1:3000")
    }
    for (index, address) in addresses.enumerated() where address.port != 0 {
      let twin = addresses[..<index].contains {
        $0.host == address.host && $0.port == address.port
      }
      if twin {
        findings.refuse(
          "listen has \(address.host):\(address.port) twice", at: draft.listenPlace,
          remedy: "keep one")
      }
    }
    if !addresses.isEmpty { draft.settings.listen = addresses }
  }

  private mutating func address(
    _ node: YAMLNode, path: String
  ) -> Settings.ListenAddress? {
    guard node.members != nil else {
      guard let text = text(node, path: path) else { return nil }
      do {
        return try Settings.ListenAddress(text: text.value)
      } catch {
        findings.refuse("\(path) \(error.what)", at: text.place, remedy: error.remedy)
        return nil
      }
    }
    guard
      let section = section(
        node, path: path, knows: ["address", "host", "port", "tls_certificate", "tls_key"])
    else { return nil }
    var address = Settings.ListenAddress()
    if let inner = section.node("address") {
      guard let whole = self.address(inner, path: section.path(of: "address")) else { return nil }
      address = whole
    }
    if let inner = section.node("host"),
      let text = text(inner, path: section.path(of: "host"))
    {
      guard let host = Settings.ListenAddress.host(text.value) else {
        findings.refuse(
          "\(path).host \"\(text.value)\" is not a numeric address", at: text.place,
          remedy: "use 127.0.0.1, 0.0.0.0 or another address of this machine")
        return nil
      }
      address.host = host
    }
    read("port", section, .port) { address.port = $0 }
    address.tlsCertificate = filePath("tls_certificate", in: section)
    address.tlsKey = filePath("tls_key", in: section)
    if section.has("tls_certificate") != section.has("tls_key") {
      let missing = section.has("tls_key") ? "tls_certificate" : "tls_key"
      findings.refuse(
        "\(path) has half of what TLS needs", at: section.place, remedy: "add \(missing)")
    }
    return address
  }
}

extension Settings.ListenAddress {
  /// What is wrong with the text of an address.
  struct Fault: Error {
    let what: String
    let remedy: String
  }

  /// Reads `host:port`, `[v6]:port`, `:port` (every address) or `port` (loopback).
  init(text: String) throws(Fault) {
    let text = text.trimmed
    let remedy = "write host:port, such as 127.0.0.1:3000 or [::1]:3000"
    if let port = Int(text) {
      guard (0...65_535).contains(port) else {
        throw Fault(what: "\"\(text)\" is not \(ScalarForm.port.expected)", remedy: remedy)
      }
      self.init(port: port)
      return
    }
    guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else {
      throw Fault(what: "\"\(text)\" has no port", remedy: remedy)
    }
    guard let port = ScalarForm.port.parse(String(text[text.index(after: colon)...])) else {
      throw Fault(what: "\"\(text)\" has no port from 0 to 65535", remedy: remedy)
    }
    let name = text[..<colon].isEmpty ? "0.0.0.0" : String(text[..<colon])
    guard let host = Self.host(name) else {
      throw Fault(what: "\"\(name)\" is not a numeric address", remedy: remedy)
    }
    self.init(host: host, port: port)
  }

  /// The address a text means: numeric, or `localhost`, or `*`.
  static func host(_ text: String) -> String? {
    if text == "localhost" { return "127.0.0.1" }
    if text == "*" { return "0.0.0.0" }
    if IPAddress.isVersion4(text) { return text }
    let bare =
      text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    return IPAddress.isVersion6(bare) ? bare : nil
  }
}
