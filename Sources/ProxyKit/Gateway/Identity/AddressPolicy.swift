internal import Dialects

/// Which addresses are called when somebody's text says where to.
///
/// A name is judged twice: as it is written, and by each address it leads to when a connection is
/// made, so that a name that changes its mind in between gains nothing.
package struct AddressPolicy: Sendable, Equatable {
  /// This machine.
  package var allowsLoopback: Bool
  /// The networks that are not the public one.
  package var allowsPrivate: Bool

  package init(allowsLoopback: Bool = false, allowsPrivate: Bool = false) {
    self.allowsLoopback = allowsLoopback
    self.allowsPrivate = allowsPrivate
  }

  /// The public network only.
  package static let publicOnly = AddressPolicy()
  /// Everything but where clouds keep what they tell their machines.
  package static let noMetadata = AddressPolicy(allowsLoopback: true, allowsPrivate: true)

  /// Why an address may not be called; nil when it may.
  package func refusal(of address: NetworkAddress) -> String? {
    switch AddressClass(of: address) {
    case .public: nil
    case .metadata: "leads to where a cloud tells its machines their secrets"
    case .loopback: allowsLoopback ? nil : "leads to this machine"
    case .private: allowsPrivate ? nil : "leads to a private network"
    case .linkLocal: allowsPrivate ? nil : "leads to the machine's own link"
    case .reserved: "leads to an address that belongs to nobody"
    }
  }

  /// Why a host, a name or a number in any spelling, may not be called; nil when it may.
  package func refusal(ofHost host: String) -> String? {
    var name = host.lowercased()
    if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
    while name.hasSuffix(".") { name.removeLast() }
    guard !name.isEmpty else { return "names no host" }
    if let address = NetworkAddress(host: name) { return refusal(of: address) }
    if name.contains(":") { return "names no host" }
    if Self.metadataNames.contains(name) {
      return "leads to where a cloud tells its machines their secrets"
    }
    if name == "localhost" || name.hasSuffix(".localhost") {
      return allowsLoopback ? nil : "leads to this machine"
    }
    let isInside = [".internal", ".local", ".lan", ".home.arpa", ".intranet"]
      .contains { name.hasSuffix($0) }
    return isInside && !allowsPrivate ? "leads to a private network" : nil
  }

  /// Why the URL of a stranger may not be called; nil when it may.
  func refusal(of url: BaseURL) -> String? { refusal(ofHost: url.host) }

  /// Why an address that a name led to may not be connected to.
  package func mayConnect(to text: String) -> Bool {
    NetworkAddress(text).map { refusal(of: $0) == nil } ?? false
  }

  private static let metadataNames: Set<String> = [
    "metadata", "metadata.google.internal", "metadata.goog", "instance-data",
    "instance-data.ec2.internal", "metadata.azure.internal", "metadata.tencentyun.com",
  ]
}
